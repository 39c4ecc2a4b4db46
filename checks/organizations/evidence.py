"""What AWS Organizations says: the organization, its accounts, its policies and whom it trusts."""

from scanner import Evidence, Part, Policy, Read

_NONE = frozenset({"AWSOrganizationsNotInUseException"})


class Organization(
    Evidence,
    read=Read("organizations:DescribeOrganization", "Organization", absent=_NONE, scope="organization"),
):
    id: str
    feature_set: str
    master_account_id: str


class Account(
    Evidence, read=Read("organizations:ListAccounts", "Accounts", arn="{arn}", absent=_NONE, scope="organization")
):
    """A member of the organization, the management account too."""

    id: str
    arn: str
    name: str
    state: str = ""  # the member that takes the place of Status in 2026; older answers lack it
    status: str = ""

    @property
    def closing(self) -> str:
        return closing(self.state, self.status)


class AccountPath(
    Evidence, read=Read("organizations:ListAccounts", "Accounts", arn="{arn}", absent=_NONE, scope="organization")
):
    """Where an account stands: `o-…/r-…/ou-…/123456789012/`, every parent from the root on."""

    id: str
    arn: str
    paths: tuple[str, ...]
    state: str = ""
    status: str = ""

    @property
    def closing(self) -> str:
        return closing(self.state, self.status)


def closing(state: str, status: str) -> str:
    """The word for an account that nobody can work in any more; empty for one that is in use."""
    word = state or status
    return word if word in ("SUSPENDED", "PENDING_CLOSURE", "CLOSED") else ""


class PolicyType(Part):
    type: str
    status: str


class Root(Evidence, read=Read("organizations:ListRoots", "Roots", arn="{arn}", absent=_NONE, scope="organization")):
    id: str
    arn: str
    policy_types: tuple[PolicyType, ...] = ()


class Unit(
    Evidence,
    read=Read(
        "organizations:ListOrganizationalUnitsForParent",
        "OrganizationalUnits",
        per=Root,
        args={"ParentId": "id"},
        arn="{arn}",
    ),
):
    """An organizational unit right below the root."""

    id: str
    arn: str
    name: str


class ControlPolicy(
    Evidence,
    read=Read(
        "organizations:ListPolicies",
        "Policies",
        fixed={"Filter": "SERVICE_CONTROL_POLICY"},
        arn="{arn}",
        absent=_NONE,
        scope="organization",
    ),
):
    """A service control policy, FullAWSAccess too."""

    id: str
    arn: str
    name: str
    aws_managed: bool


class ControlPolicyDocument(
    Evidence,
    read=Read(
        "organizations:DescribePolicy",
        "Policy",
        per=ControlPolicy,
        args={"PolicyId": "id"},
        when={"aws_managed": False},
    ),
):
    content: Policy


class ControlPolicyTarget(
    Evidence,
    read=Read(
        "organizations:ListTargetsForPolicy",
        "Targets",
        per=ControlPolicy,
        args={"PolicyId": "id"},
    ),
):
    """A root, unit or account to which a service control policy is attached."""

    target_id: str
    type: str


class DelegatedAdministrator(
    Evidence,
    read=Read(
        "organizations:ListDelegatedAdministrators",
        "DelegatedAdministrators",
        arn="{arn}",
        absent=_NONE,
        scope="organization",
    ),
):
    id: str
    arn: str
    name: str


class DelegatedService(
    Evidence,
    read=Read(
        "organizations:ListDelegatedServicesForAccount",
        "DelegatedServices",
        per=DelegatedAdministrator,
        args={"AccountId": "id"},
    ),
):
    """A service that a member account administers for all."""

    service_principal: str


class TagPolicy(
    Evidence,
    read=Read("organizations:ListPolicies", "Policies", fixed={"Filter": "TAG_POLICY"}, per=Root, arn="{arn}"),
):
    id: str
    arn: str
    name: str


class BackupPolicy(
    Evidence,
    read=Read("organizations:ListPolicies", "Policies", fixed={"Filter": "BACKUP_POLICY"}, per=Root, arn="{arn}"),
):
    id: str
    arn: str
    name: str


class DeclarativePolicy(
    Evidence,
    read=Read(
        "organizations:ListPolicies", "Policies", fixed={"Filter": "DECLARATIVE_POLICY_EC2"}, per=Root, arn="{arn}"
    ),
):
    id: str
    arn: str
    name: str


class TagPolicyTarget(
    Evidence,
    read=Read("organizations:ListTargetsForPolicy", "Targets", per=TagPolicy, args={"PolicyId": "id"}),
):
    name: str


class BackupPolicyTarget(
    Evidence,
    read=Read("organizations:ListTargetsForPolicy", "Targets", per=BackupPolicy, args={"PolicyId": "id"}),
):
    name: str


class ServiceAccess(
    Evidence,
    read=Read(
        "organizations:ListAWSServiceAccessForOrganization",
        "EnabledServicePrincipals",
        absent=_NONE,
        scope="organization",
    ),
):
    """A service that may work in all accounts of the organization."""

    service_principal: str
