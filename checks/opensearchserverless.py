"""OpenSearch Serverless: collections, their copies, and from where they can be reached. All are encrypted by their nature."""

from typing import Any

from scanner import Evidence, Fails, Holds, Read, Verdict, check

_DOORS = ("collection", "dashboard")  # the endpoint of the data, and that of OpenSearch Dashboards


class CollectionEntry(
    Evidence,
    read=Read(
        "opensearchserverless:ListCollections",
        "collectionSummaries",
        arn="{arn}",
        fixed={"maxResults": 100},
    ),
):
    id: str
    arn: str
    name: str


class Collection(
    Evidence,
    read=Read(
        "opensearchserverless:BatchGetCollection",
        "collectionDetails",
        per=CollectionEntry,
        args={"ids": "id"},
        batch=100,
        match="id",
    ),
):
    id: str
    standby_replicas: str | None = None
    deletion_protection: str | None = None


class NetworkPolicyName(
    Evidence,
    # Asked once for the region, and only where it has a collection.
    read=Read(
        "opensearchserverless:ListSecurityPolicies",
        "securityPolicySummaries",
        per=CollectionEntry,
        fixed={"type": "network", "maxResults": 100},
    ),
):
    name: str


class NetworkPolicy(
    Evidence,
    read=Read(
        "opensearchserverless:GetSecurityPolicy",
        "securityPolicyDetail",
        per=NetworkPolicyName,
        args={"name": "name"},
        fixed={"type": "network"},
    ),
):
    """A policy is a list of `{Rules: [{ResourceType, Resource: [collection/NAME*]}], AllowFromPublic}` (developer guide)."""

    name: str
    policy: Any

    def opens(self, collection: str) -> bool:
        """Does this policy let the internet reach the collection or its dashboards? Raises where the grammar is another."""
        return any(
            part.get("AllowFromPublic") is True
            and any(
                rule["ResourceType"] in _DOORS and any(_fits(name, collection) for name in rule["Resource"])
                for rule in part["Rules"]
            )
            for part in self.policy
        )


def _fits(pattern: str, collection: str) -> bool:
    name = f"collection/{collection}"
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


@check(effort="medium")
def collections_are_not_public(entry: CollectionEntry, policies: list[NetworkPolicy]) -> Verdict:
    """No network policy lets the internet reach a collection or its dashboards.

    Why: then a stolen credential is all that it takes, from anywhere.
    Fix: aws opensearchserverless update-security-policy --type network … with SourceVPCEs
    """
    open_ = sorted({one.name for one in policies if one.opens(entry.name)})
    return Fails(f"opened by {', '.join(open_)}") if open_ else Holds("no network policy opens it to the internet")


@check(effort="high")
def collections_have_standby_replicas(collection: Collection) -> Verdict:
    """Collections keep standby replicas in another Availability Zone.

    Why: a collection without them is gone for as long as its zone is.
    Fix: make the collection anew with --standby-replicas ENABLED; that cannot be changed later.
    """
    told = collection.standby_replicas
    return Holds("standby replicas are ENABLED") if told == "ENABLED" else Fails(f"standby replicas are {told}")


@check(effort="low")
def collections_are_protected_from_deletion(collection: Collection) -> Verdict:
    """Collections refuse to be deleted.

    Why: one wrong call deletes a collection.
    Fix: aws opensearchserverless update-collection --id ID --deletion-protection ENABLED
    """
    told = collection.deletion_protection
    return Holds("deletion protection is ENABLED") if told == "ENABLED" else Fails(f"deletion protection is {told}")
