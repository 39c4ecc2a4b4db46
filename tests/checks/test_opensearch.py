"""Domains and collections: who knows their users, what they write down and where they are reached from."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from checks import opensearch, opensearchserverless
from checks.opensearch import Domain
from checks.opensearchserverless import CollectionEntry, NetworkPolicy
from scanner import CannotTell, Fails, Holds, Verdict
from tests.checks.answers import answering, judge_all
from tests.checks.test_stores import HERE, OPEN, domain
from tests.emulator import Emulator

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_domains_through_a_client(aws: Emulator) -> None:
    client = aws.client("opensearch")
    good = client.create_domain(
        DomainName="good",
        DomainEndpointOptions={"EnforceHTTPS": True, "TLSSecurityPolicy": "Policy-Min-TLS-1-2-2019-07"},
        ClusterConfig={"DedicatedMasterEnabled": True, "DedicatedMasterCount": 3, "InstanceCount": 2},
        AdvancedSecurityOptions={"Enabled": True},
        LogPublishingOptions={
            "AUDIT_LOGS": {
                "CloudWatchLogsLogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:g",
                "Enabled": True,
            }
        },
    )["DomainStatus"]["ARN"]
    bad = client.create_domain(
        DomainName="bad", DomainEndpointOptions={"TLSSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"}
    )["DomainStatus"]["ARN"]
    judged = {
        "opensearch.domains_refuse_old_tls": {
            good: ("holds", "the policy is Policy-Min-TLS-1-2-2019-07"),
            bad: ("fails", "the policy is Policy-Min-TLS-1-0-2019-07"),
        },
        "opensearch.domains_know_their_users": {
            good: ("holds", "it is on"),
            bad: ("fails", "fine-grained access control is off"),
        },
        "opensearch.audit_logs_are_published": {
            good: ("holds", "the audit log is published"),
            bad: ("fails", "no audit log is published"),
        },
        "opensearch.domains_have_dedicated_masters": {
            good: ("holds", "3 dedicated master nodes"),
            bad: ("fails", "no dedicated master nodes"),
        },
    }
    assert {check: aws.judge(check) for check in judged} == judged


TO_ONE_ADDRESS = OPEN.replace('"Resource": "*"', '"Resource": "*", "Condition": {"IpAddress": {"aws:SourceIp": "%s"}}')


def test_who_reaches_a_domain_and_what_runs_on_it(aws: Emulator) -> None:
    """moto's domains, with a network and the service software, which moto leaves out."""
    client = aws.client("opensearch")
    inside = {"VPCId": "vpc-1", "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    current = {"CurrentVersion": "R1", "NewVersion": "", "UpdateAvailable": False, "UpdateStatus": "COMPLETED"}
    waiting = {"CurrentVersion": "R1", "NewVersion": "R2", "UpdateAvailable": True, "UpdateStatus": "ELIGIBLE"}
    signing_in = {"Enabled": True, "InternalUserDatabaseEnabled": True}
    domains: dict[str, dict[str, Any]] = {
        "good": {"VPCOptions": inside, "AccessPolicies": OPEN, "ServiceSoftwareOptions": current},
        "bad": {
            "AccessPolicies": OPEN,
            "ServiceSoftwareOptions": {**waiting, "AutomatedUpdateDate": datetime(2026, 11, 1, tzinfo=UTC)},
        },
        "users": {
            "AccessPolicies": OPEN,
            "AdvancedSecurityOptions": {**signing_in, "AnonymousAuthEnabled": False},
            "ServiceSoftwareOptions": {**waiting, "AutomatedUpdateDate": datetime(1970, 1, 1, tzinfo=UTC)},
        },
        "anonymous": {
            "AccessPolicies": OPEN,
            "AdvancedSecurityOptions": {**signing_in, "AnonymousAuthEnabled": True},
            "ServiceSoftwareOptions": {**waiting, "AutomatedUpdateDate": datetime(2026, 11, 20, tzinfo=UTC)},
        },
        "office": {"AccessPolicies": TO_ONE_ADDRESS % "203.0.113.7/32", "ServiceSoftwareOptions": current},
        "world": {"AccessPolicies": TO_ONE_ADDRESS % "0.0.0.0/0", "ServiceSoftwareOptions": current},
        "closed": {"AccessPolicies": "", "ServiceSoftwareOptions": current},
    }
    names = ["domains_are_not_public", "software_is_not_overdue"]
    arns = {}
    with ExitStack() as stack:
        for name, members in domains.items():
            whole = client.create_domain(DomainName=name)["DomainStatus"] | members
            arns[name] = whole["ARN"]
            stack.enter_context(
                answering("opensearch", {"DescribeDomain": {"DomainStatus": whole}}, {"DomainName": name})
            )
        told = judge_all(aws, "opensearch", names, at=NOW)
    open_ = ("fails", "the policy is open: statement 'all' lets everyone do es:*")
    asked = "the policy is open, and fine-grained access control asks everybody to sign in"
    unmapped = "the policy is open, and so is the domain until its users are mapped (anonymous access is on)"
    same = ("holds", "the software is R1")
    later = ("holds", "R2 is available and not overdue")
    reach = {
        "good": ("holds", "inside vpc-1"),
        "bad": open_,
        "users": ("holds", asked),
        "anonymous": ("fails", unmapped),
        "office": ("holds", "the policy lets in nobody in general"),
        "world": open_,
        "closed": ("holds", "no policy lets anybody in"),
    }
    software_ = {
        "good": same,
        "bad": ("fails", "R2 was due on 2026-11-01"),
        "users": later,
        "anonymous": later,
        "office": same,
        "world": same,
        "closed": same,
    }
    assert told == {
        names[0]: {arns[name]: said for name, said in reach.items()},
        names[1]: {arns[name]: said for name, said in software_.items()},
    }


ANONYMOUS = {"enabled": True, "anonymous_auth_enabled": True}


def test_anonymous_access_opens_an_open_policy() -> None:
    one = domain(access_policies=OPEN, advanced_security_options=ANONYMOUS)
    told = "the policy is open, and so is the domain until its users are mapped (anonymous access is on)"
    assert opensearch.domains_are_not_public(one, HERE) == Fails(told)
    assert opensearch.domains_know_their_users(one) == Fails("anonymous access is on")


def software(**changes: object) -> Domain:
    fields = {"update_available": True, "current_version": "R1", "new_version": "R2"}
    return domain(service_software_options=fields | changes)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (domain(), CannotTell("nothing is told of the service software")),
        (software(update_available=False), Holds("the software is R1")),
        (software(), Holds("R2 is available and not overdue")),
        (
            software(automated_update_date=datetime(1970, 1, 1, tzinfo=UTC)),
            Holds("R2 is available and not overdue"),
        ),
        (
            software(automated_update_date=datetime(2026, 12, 1, tzinfo=UTC)),
            Holds("R2 is available and not overdue"),
        ),
        (
            software(automated_update_date=datetime(2026, 11, 20, tzinfo=UTC)),
            Holds("R2 is available and not overdue"),
        ),
        (software(automated_update_date=datetime(2026, 11, 1, tzinfo=UTC)), Fails("R2 was due on 2026-11-01")),
    ],
)
def test_software_is_not_overdue(one: Domain, verdict: Verdict) -> None:
    assert opensearch.software_is_not_overdue(one, NOW) == verdict


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (
            domain(cluster_config={"dedicated_master_enabled": True, "dedicated_master_count": 2}),
            Fails("2 dedicated master nodes"),
        ),
        (domain(cluster_config={}), Fails("no dedicated master nodes")),
    ],
)
def test_domains_have_dedicated_masters(one: Domain, verdict: Verdict) -> None:
    assert opensearch.domains_have_dedicated_masters(one) == verdict


def test_a_policy_that_is_not_told_is_no_modern_one() -> None:
    assert opensearch.domains_refuse_old_tls(domain()) == Fails("the policy is not told")


def test_collections(aws: Emulator) -> None:
    check = "opensearchserverless.collections_are_not_public"
    assert aws.verdicts(check) == {"region:us-east-1": "not applicable"}
    client = aws.client("opensearchserverless")
    key = "arn:aws:kms:us-east-1:123456789012:key/k"
    rules = '{"Rules":[{"ResourceType":"collection","Resource":["collection/%s"]}],"AWSOwnedKey":false,"KmsARN":"%s"}'
    arns = []
    for name, standby in (("open", "ENABLED"), ("closed", "DISABLED")):
        client.create_security_policy(name=name, type="encryption", policy=rules % (name, key))
        arns.append(
            client.create_collection(
                name=name, type="SEARCH", standbyReplicas=standby, tags=[{"key": "a", "value": "b"}]
            )["createCollectionDetail"]["arn"]
        )
    open_, closed = arns
    network = '[{"Rules":[{"ResourceType":"collection","Resource":["collection/op*"]}],"AllowFromPublic":true}]'
    client.create_security_policy(name="net", type="network", policy=network)
    assert aws.judge(check) == {
        open_: ("fails", "opened by net"),
        closed: ("holds", "no network policy opens it to the internet"),
    }
    assert aws.judge("opensearchserverless.collections_have_standby_replicas") == {
        open_: ("holds", "standby replicas are ENABLED"),
        closed: ("fails", "standby replicas are DISABLED"),
    }
    check = "opensearchserverless.collections_are_protected_from_deletion"
    assert aws.judge(check)[open_][0] == "fails"
    details = [
        {"id": arn.rpartition("/")[2], "arn": arn, "deletionProtection": told}
        for arn, told in ((open_, "DISABLED"), (closed, "ENABLED"))
    ]
    with answering("opensearchserverless", {"BatchGetCollection": {"collectionDetails": details}}):
        assert aws.judge(check) == {
            open_: ("fails", "deletion protection is DISABLED"),
            closed: ("holds", "deletion protection is ENABLED"),
        }


def policy(*parts: dict[str, Any]) -> NetworkPolicy:
    return NetworkPolicy(name="net", policy=list(parts))


def part(resource: str, public: bool, kind: str = "collection") -> dict[str, Any]:
    return {"Rules": [{"ResourceType": kind, "Resource": [resource]}], "AllowFromPublic": public}


PRIVATE = Holds("no network policy opens it to the internet")


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (policy(part("collection/one", True)), Fails("opened by net")),
        (policy(part("collection/*", True)), Fails("opened by net")),
        (policy(part("collection/other", True)), PRIVATE),
        (policy(part("collection/one", False)), PRIVATE),
        (policy(part("collection/one", True, "dashboard")), Fails("opened by net")),
        (policy(part("collection/one", False, "dashboard")), PRIVATE),
    ],
)
def test_collections_are_not_public(found: NetworkPolicy, verdict: Verdict) -> None:
    entry = CollectionEntry(id="1", arn="a", name="one")
    assert opensearchserverless.collections_are_not_public(entry, [found, found]) == verdict


def test_a_policy_of_another_grammar_is_no_pass() -> None:
    entry = CollectionEntry(id="1", arn="a", name="one")
    with pytest.raises(KeyError):
        opensearchserverless.collections_are_not_public(entry, [policy({"AllowFromPublic": True})])
