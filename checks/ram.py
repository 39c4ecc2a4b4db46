"""Resource Access Manager: what the account shares, and with whom."""

from checks.organizations import Account, Organization
from scanner import Evidence, Fails, Holds, NotApplicable, Read, Target, Verdict, check, fact


class Share(
    Evidence,
    read=Read(
        "ram:GetResourceShares",
        "resourceShares",
        fixed={"resourceOwner": "SELF", "resourceShareStatus": "ACTIVE"},
        arn="{resource_share_arn}",
    ),
):
    """What this account shares with others."""

    resource_share_arn: str
    name: str
    allow_external_principals: bool = True


_OF_SHARE = {"resourceShareArns": "resource_share_arn"}


class SharedWith(
    Evidence,
    read=Read(
        "ram:GetResourceShareAssociations",
        "resourceShareAssociations",
        per=Share,
        args=_OF_SHARE,
        fixed={"associationType": "PRINCIPAL"},
        batch=100,
        match="resource_share_arn",
        omitted_if_empty=True,
    ),
):
    """Whom a share is for: an account, an organization, a unit of one, a role, a user or a service.

    `external` is not asked for: AWS's documents say of it that true means outside, and that true means inside.
    """

    resource_share_arn: str
    associated_entity: str
    status: str

    @property
    def in_force(self) -> bool:
        return self.status not in ("DISASSOCIATED", "FAILED")

    @property
    def organization(self) -> str:
        """The organization that is named, or whose unit is; empty for an account."""
        parts = self.associated_entity.split(":")
        return parts[5].split("/")[1] if len(parts) > 5 and parts[2] == "organizations" else ""

    @property
    def account(self) -> str:
        """The account that is named, or whose role or user is; empty for an organization or a service."""
        if self.associated_entity.isdigit():
            return self.associated_entity
        parts = self.associated_entity.split(":")
        return parts[4] if len(parts) > 5 and parts[2] == "iam" else ""

    @property
    def service(self) -> bool:
        return self.associated_entity.endswith((".amazonaws.com", ".amazonaws.com.cn"))


@check(effort="medium")
def shares_stay_in_the_organization(
    share: Share,
    principals: list[SharedWith],
    organization: Organization | None,
    accounts: list[Account],
    here: Target,
) -> Verdict:
    """Nothing is shared with accounts outside the organization.

    Why: what leaves the organization is under nobody's guardrails.
    Fix: aws ram update-resource-share --resource-share-arn ARN --no-allow-external-principals
    """
    if not share.allow_external_principals:
        return Holds(f"{share.name} cannot be shared outside the organization")
    known = {here.account, *(account.id for account in accounts)}
    outside = [
        one.associated_entity
        for one in principals
        if one.in_force
        and not one.service
        and one.account not in known
        and (not one.organization or organization is None or one.organization != organization.id)
    ]
    if outside:
        return Fails(f"{share.name} is shared with {', '.join(sorted(outside)[:5])}")
    if not any(one.in_force for one in principals):
        return NotApplicable(f"{share.name} is shared with nobody")
    return Holds(f"{share.name} is shared inside the organization only")


@check(effort="low")
def shares_cannot_leave_the_organization(share: Share) -> Verdict:
    """Resource shares refuse accounts outside the organization.

    Why: by default one wrong digit shares a network with a stranger.
    Fix: aws ram update-resource-share --resource-share-arn ARN --no-allow-external-principals
    """
    if share.allow_external_principals:
        return Fails(f"{share.name} may be shared with any account")
    return Holds(f"{share.name} cannot be shared outside the organization")


@fact
def shares(found: list[Share], principals: list[SharedWith]) -> str | None:
    """What the account shares with others."""
    if not found:
        return None
    names = ", ".join(sorted(one.name for one in found)[:10])
    return f"{len(found)} resource shares with {sum(one.in_force for one in principals)} principals: {names}"
