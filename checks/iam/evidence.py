"""What IAM says about an account: one bulk read of identities and policies, the credential report, and a few small lists."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scanner import Evidence, Part, Policy, Read

_DETAILS = "iam:GetAccountAuthorizationDetails"
# The same request in all four views, so that it is sent once. AWS-managed policies are left out: AWS answers for them.
_WANTED = {"Filter": ["User", "Group", "Role", "LocalManagedPolicy"], "MaxItems": 1000}


class InlinePolicy(Part):
    policy_name: str
    policy_document: Policy


class AttachedPolicy(Part):
    policy_name: str
    policy_arn: str


class Boundary(Part):
    permissions_boundary_arn: str


class User(Evidence, read=Read(_DETAILS, "UserDetailList", fixed=_WANTED, arn="{arn}", scope="global")):
    arn: str
    user_name: str
    user_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    group_list: tuple[str, ...] = ()
    permissions_boundary: Boundary | None = None


class Group(Evidence, read=Read(_DETAILS, "GroupDetailList", fixed=_WANTED, arn="{arn}", scope="global")):
    arn: str
    group_name: str
    group_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()


class LastUse(Part):
    last_used_date: datetime | None = None


class Role(Evidence, read=Read(_DETAILS, "RoleDetailList", fixed=_WANTED, arn="{arn}", scope="global")):
    arn: str
    path: str
    role_name: str
    create_date: datetime
    assume_role_policy_document: Policy
    role_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: Boundary | None = None
    role_last_used: LastUse = LastUse()

    @property
    def made_by_aws(self) -> str:
        """Which part of AWS keeps this role, so that nobody here can change it; empty if the account does."""
        if self.path.startswith("/aws-service-role/"):
            return "a service-linked role, kept by its service"
        if self.path.startswith("/aws-reserved/"):
            return "a role that IAM Identity Center keeps"
        return ""

    def trusted(self, kind: str) -> tuple[str, ...]:
        """The principals of a kind (`Service`, `Federated`) that the trust policy lets in."""
        return tuple(
            name.value
            for statement in self.assume_role_policy_document.statements
            if statement.effect == "Allow"
            for name in statement.principals
            if name.kind == kind
        )

    @property
    def web_identities(self) -> tuple[str, ...]:
        """The OIDC providers that the trust policy lets in, SAML left out."""
        return tuple(name for name in self.trusted("Federated") if ":saml-provider/" not in name)


class PolicyVersion(Part):
    document: Policy
    is_default_version: bool


class LocalPolicy(Evidence, read=Read(_DETAILS, "Policies", fixed=_WANTED, arn="{arn}", scope="global")):
    """A customer-managed policy. Only its default version is in force."""

    arn: str
    attachment_count: int
    policy_version_list: tuple[PolicyVersion, ...]

    @property
    def document(self) -> Policy:
        return next(version.document for version in self.policy_version_list if version.is_default_version)


@dataclass(frozen=True)
class AccessKey:
    """An access key as the credential report tells of it."""

    number: int
    active: bool
    rotated: datetime | None
    used: datetime | None


class CredentialRow(Evidence):
    """A row of the credential report; the columns are those of the IAM User Guide, "Generate credential reports"."""

    arn: str
    user: str
    user_creation_time: datetime
    password_enabled: bool | None
    password_last_used: datetime | None
    password_last_changed: datetime | None
    mfa_active: bool
    access_key_1_active: bool
    access_key_1_last_rotated: datetime | None
    access_key_1_last_used_date: datetime | None
    access_key_2_active: bool
    access_key_2_last_rotated: datetime | None
    access_key_2_last_used_date: datetime | None

    @property
    def keys(self) -> tuple[AccessKey, AccessKey]:
        return (
            AccessKey(1, self.access_key_1_active, self.access_key_1_last_rotated, self.access_key_1_last_used_date),
            AccessKey(2, self.access_key_2_active, self.access_key_2_last_rotated, self.access_key_2_last_used_date),
        )

    @property
    def active_keys(self) -> Iterator[AccessKey]:
        return (key for key in self.keys if key.active)


class RootCredentials(
    CredentialRow,
    read=Read(
        "iam:GetCredentialReport",
        "Content[?user=='<root_account>'] | [0]",
        via="credential_report",
        scope="global",
        arn="{arn}",
    ),
):
    """The root user's row."""


class UserCredentials(
    CredentialRow,
    read=Read(
        "iam:GetCredentialReport",
        "Content[?user!='<root_account>']",
        via="credential_report",
        scope="global",
        arn="{arn}",
    ),
):
    """A user's row."""


class Summary(Evidence, read=Read("iam:GetAccountSummary", "SummaryMap", scope="global")):
    """Counts of an account; 1 is yes and 0 is no where the name asks for one of them."""

    account_mfa_enabled: int
    account_access_keys_present: int
    account_password_present: int | None = None  # a younger key, which older answers lack


class PasswordPolicy(
    Evidence,
    read=Read("iam:GetAccountPasswordPolicy", "PasswordPolicy", absent={"NoSuchEntity"}, scope="global"),
):
    """The account's own policy. A member that is left out asks for nothing."""

    minimum_password_length: int = 0
    require_symbols: bool = False
    require_numbers: bool = False
    require_uppercase_characters: bool = False
    require_lowercase_characters: bool = False
    max_password_age: int = 0
    password_reuse_prevention: int = 0

    @property
    def kinds_of_characters(self) -> int:
        return sum(
            (
                self.require_symbols,
                self.require_numbers,
                self.require_uppercase_characters,
                self.require_lowercase_characters,
            )
        )


class DeviceUser(Part):
    arn: str = ""


class VirtualDevice(
    Evidence,
    read=Read(
        "iam:ListVirtualMFADevices",
        "VirtualMFADevices",
        fixed={"AssignmentStatus": "Assigned"},
        arn="{serial_number}",
        scope="global",
    ),
):
    serial_number: str
    user: DeviceUser = DeviceUser()


class SamlProvider(Evidence, read=Read("iam:ListSAMLProviders", "SAMLProviderList", arn="{arn}", scope="global")):
    arn: str
    valid_until: datetime | None = None


class OidcProvider(
    Evidence, read=Read("iam:ListOpenIDConnectProviders", "OpenIDConnectProviderList", arn="{arn}", scope="global")
):
    arn: str


class ServerCertificate(
    Evidence,
    read=Read("iam:ListServerCertificates", "ServerCertificateMetadataList", arn="{arn}", scope="global"),
):
    arn: str
    expiration: datetime


class CentralRoot(
    Evidence,
    read=Read(
        "iam:ListOrganizationsFeatures",
        scope="organization",
        # No organization, or one that never let IAM in: then no feature is on (IAM API reference).
        absent={
            "OrganizationNotFoundException",
            "OrganizationNotInAllFeaturesModeException",
            "ServiceAccessNotEnabledException",
        },
    ),
):
    enabled_features: tuple[str, ...] = ()


class WorkingRole(
    Evidence,
    read=Read(
        _DETAILS,
        "RoleDetailList[?!starts_with(Path, '/aws-') && RoleLastUsed.LastUsedDate]",
        fixed=_WANTED,
        arn="{arn}",
        scope="global",
    ),
):
    """A role of the account's own that somebody has taken in the past 400 days: of the others there is nothing to ask."""

    arn: str
    role_name: str
    create_date: datetime


class ServiceUse(
    Evidence,
    read=Read(
        "iam:GetServiceLastAccessedDetails",
        "ServicesLastAccessed",
        per=WorkingRole,
        args={"Arn": "arn"},
        via="last_accessed",
    ),
):
    """A service that the role's permissions reach; without a date, nobody tried to use it within the time that IAM tracks."""

    service_namespace: str
    last_authenticated: datetime | None = None


class ServiceCredential(
    Evidence,
    read=Read(
        "iam:ListServiceSpecificCredentials",
        "ServiceSpecificCredentials",
        fixed={"AllUsers": True, "MaxItems": 1000},
        arn="arn:{partition}:iam::{account}:user/{user_name}/{service_specific_credential_id}",
        scope="global",
    ),
):
    """A password or key of a user for one service, such as CodeCommit, Keyspaces or Bedrock."""

    user_name: str
    service_name: str
    service_specific_credential_id: str
    status: str
    create_date: datetime
