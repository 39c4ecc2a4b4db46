"""Whom roles let in: everyone, other accounts, web identities, services; and whether anybody comes."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta

from checks.iam.evidence import Role
from checks.iam.statements import allows, demands, is_named, some
from checks.organizations import Account, Organization
from scanner import (
    EVERYONE,
    Fails,
    Holds,
    NotApplicable,
    ScanTime,
    Statement,
    Target,
    Verdict,
    admissions,
    binds,
    check,
    fact,
    lets_everyone,
)

# Organizations and Control Tower make these for the management account (their user guides). Names, and so no proof.
FOR_THE_MANAGEMENT_ACCOUNT = ("OrganizationAccountAccessRole", "AWSControlTowerExecution", "stacksets-exec-*")
# Identity providers of consumers: there the application's id is the claim to check (IAM User Guide, web identity federation).
_CONSUMER = {
    "cognito-identity.amazonaws.com": "aud",
    "accounts.google.com": "aud",
    "www.amazon.com": "app_id",
    "graph.facebook.com": "app_id",
}
# A subject that is fixed no further than this is anybody's.
_NOBODYS_SUBJECT = re.compile(r"^(?:repo:[^/]*|project_path:[^/]*|organization:[^:]*|system:serviceaccount:)?$")
# Services whose own guides ask for aws:SourceArn or aws:SourceAccount in the trust policy of the role that is given to them.
_GUARDED = (
    "bedrock.amazonaws.com",
    "codebuild.amazonaws.com",
    "dms.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "kendra.amazonaws.com",
    "pipes.amazonaws.com",
    "scheduler.amazonaws.com",
    "ssm.amazonaws.com",
    "states.amazonaws.com",
    "transfer.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
_SOURCE_KEYS = frozenset({"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"})
BREAK_GLASS = ("*break*glass*", "*emergency*", "*firefight*")
INCIDENT = ("*incident*", "*forensic*", "*quarantine*", "*responder*")


def _allowing(role: Role) -> tuple[Statement, ...]:
    return tuple(s for s in role.assume_role_policy_document.statements if s.effect == "Allow")


@check(effort="low")
def roles_trust_named_principals(role: Role, here: Target) -> Verdict:
    """No role can be assumed by everyone.

    Why: an open trust policy gives the role's permissions to every AWS account there is.
    Fix: name the principals in the trust policy, or bind the wildcard with aws:PrincipalOrgID or aws:PrincipalArn.
    """
    if role.made_by_aws:
        return NotApplicable(role.made_by_aws)
    everyone = lets_everyone(role.assume_role_policy_document, here.account)
    if everyone:
        return Fails(f"the trust policy is open: {everyone[0]}")
    return Holds("the trust policy names its principals or binds them to an organization or account")


def outsiders(role: Role, here: Target, statements: Iterable[Statement] | None = None) -> frozenset[str]:
    """Other accounts that may assume the role, or `everyone`. Statements about sts:TagSession and the like let in nobody."""
    policy = role.assume_role_policy_document
    taking = [one for one in _allowing(role) if allows(one, "sts:assumerole")] if statements is None else statements
    kept = tuple(one for one in policy.statements if one.effect == "Deny" or one in taking)
    if not kept:
        return frozenset()
    found = admissions(policy.model_copy(update={"statements": kept}), here.account)
    return frozenset(one.who for one in found if one.who == EVERYONE or one.who.isdigit())


def unguarded(role: Role, here: Target, organizations: Collection[str] | None = None) -> frozenset[str]:
    """Those who may assume the role without an external id and without being bound to one of these organizations (or any)."""
    if any(_denies_without_id(one) for one in role.assume_role_policy_document.statements):
        return frozenset()
    bare = [
        one
        for one in _allowing(role)
        if allows(one, "sts:assumerole")
        and not _shows_an_id(one)
        and not any(organizations is None or named <= set(organizations) for named in _organizations(one))
    ]
    return outsiders(role, here, bare)


def _shows_an_id(statement: Statement) -> bool:
    return any(
        demands(condition)
        and condition.key.lower() == "sts:externalid"
        and all(value.strip("*?") for value in condition.values)
        for condition in statement.conditions
    )


def _denies_without_id(statement: Statement) -> bool:
    """A Deny for everyone who does not show the external id; a negated operator holds where none is shown."""
    conditions = statement.conditions
    return (
        statement.effect == "Deny"
        and any(name.value == "*" for name in statement.principals)
        and any(is_named("sts:assumerole", [action]) for action in statement.actions)
        and len(conditions) == 1
        and conditions[0].key.lower() == "sts:externalid"
        and conditions[0].operator.lower() in ("stringnotequals", "stringnotequalsifexists")
    )


def _organizations(statement: Statement) -> Iterator[set[str]]:
    """The organizations, but for the role's own by its variable, to which each binding condition confines a statement."""
    for condition in statement.conditions:
        if condition.key.lower() in ("aws:principalorgid", "aws:principalorgpaths") and binds(condition):
            yield {value.partition("/")[0] for value in condition.values if value.lower() != "${aws:resourceorgid}"}


@check(effort="low")
def other_accounts_prove_who_sends_them(
    role: Role, organization: Organization | None, here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Roles that other accounts may assume demand an external id or an organization.

    Why: without it, a company that serves many customers can be tricked into using its access to you for another customer.
    Fix: add a condition on sts:ExternalId (agreed with the third party) or aws:PrincipalOrgID to the trust policy.
    """
    if role.made_by_aws:
        return NotApplicable(role.made_by_aws)
    let_in = outsiders(role, here)
    if not let_in:
        return NotApplicable("no other account may assume this role")
    management = organization.master_account_id if organization else ""
    if let_in == {management} and is_named(role.role_name, FOR_THE_MANAGEMENT_ACCOUNT):
        return NotApplicable(
            "a role of this name is made for the organization's management account, and lets in that alone"
        )
    bare = [one for one in unguarded(role, here) if one not in trusted_accounts]
    if bare:
        return Fails(f"without external id or organization: {some(bare)}")
    return Holds(f"{some(let_in)} come with an external id, from the organization, or are trusted")


@check(effort="low")
def third_parties_come_with_an_external_id(
    roles: list[Role], members: list[Account], here: Target, *, trusted_accounts: tuple[str, ...] = ()
) -> Verdict:
    """Accounts outside the organization assume roles only with an external id.

    Why: without it, a company that serves many customers can be tricked into using its access to you for another customer.
    Fix: agree on an external id with the third party and demand it as sts:ExternalId in the role's trust policy.
    """
    known = {member.id for member in members} | {here.account, *trusted_accounts}
    own = {member.arn.split("/")[1] for member in members}
    bare: dict[str, str] = {}
    outside = False
    for role in roles:
        if role.made_by_aws:
            continue
        others = _other_organizations(role, own)
        outside = outside or bool(others) or bool(outsiders(role, here) - known)
        strangers = [*(unguarded(role, here, own) - known), *others]
        if strangers:
            bare[role.role_name] = some(strangers, 3)
    if bare:
        return Fails("without an external id: " + some(f"{name} lets in {who}" for name, who in bare.items()))
    if not outside:
        return NotApplicable("no role lets in an account from outside the organization")
    return Holds("every account from outside the organization has to show an external id")


def _other_organizations(role: Role, own: set[str]) -> frozenset[str]:
    """Organizations of others whose accounts may all assume the role without an external id."""
    return frozenset(
        f"the organization {one}"
        for statement in _allowing(role)
        if allows(statement, "sts:assumerole") and not _shows_an_id(statement)
        if any(name.kind in ("*", "AWS") and name.value == "*" for name in statement.principals)
        for named in _organizations(statement)
        for one in named - own
    )


@check(effort="low")
def web_identities_are_pinned(role: Role) -> Verdict:
    """Roles for web identities, such as pipelines' and pods', name whose token they take.

    Why: GitHub, GitLab and others sign tokens for all their customers with one issuer; without a subject anybody's works.
    Fix: add StringLike on PROVIDER:sub to the trust policy, such as repo:ORGANIZATION/REPOSITORY:ref:refs/heads/main.
    """
    if not role.web_identities:
        return NotApplicable("no web identity assumes this role")
    for statement in _allowing(role):
        for name in statement.principals:
            if name.kind == "Federated" and ":saml-provider/" not in name.value:
                provider = name.value.partition(":oidc-provider/")[2] or name.value
                if not _names_subject(statement, provider):
                    return Fails(f"any identity of {provider} may assume the role")
    return Holds(f"the subject is fixed for {some(set(role.web_identities))}")


def _names_subject(statement: Statement, provider: str) -> bool:
    claim = _CONSUMER.get(provider, "sub").lower()
    for condition in statement.conditions:
        key = condition.key.lower()
        if not demands(condition) or key != f"{provider.lower()}:{claim}":
            continue
        starts = [
            re.split(r"[*?]", value, maxsplit=1)[0] if _wild(condition.operator) else value
            for value in condition.values
        ]
        if starts and not any(_NOBODYS_SUBJECT.match(start) for start in starts):
            return True
    return False


def _wild(operator: str) -> bool:
    return "like" in operator.lower()


@check(effort="medium")
def services_act_only_for_this_account(role: Role) -> Verdict:
    """Roles for services that can act on behalf of other customers say for whom.

    Why: where a service takes the role's name from its caller, another customer could have it act with your role.
    Fix: add a condition on aws:SourceAccount or aws:SourceArn to the statement that trusts the service.
    """
    if role.made_by_aws:
        return NotApplicable(role.made_by_aws)
    concerned = [(s, name.value) for s in _allowing(role) for name in s.principals if name.kind == "Service"]
    concerned = [(s, service) for s, service in concerned if service in _GUARDED]
    if not concerned:
        return NotApplicable("no service is trusted whose guide asks for such a condition")
    bare = {
        service
        for statement, service in concerned
        if not any(binds(c) and c.key.lower() in _SOURCE_KEYS for c in statement.conditions)
    }
    if bare:
        return Fails(f"without aws:SourceAccount or aws:SourceArn: {some(bare)}")
    return Holds(f"bound to a source: {some({service for _, service in concerned})}")


@check(effort="low")
def roles_are_in_use(
    role: Role, at: ScanTime, *, days: int = 90, kept_in_reserve: tuple[str, ...] = (*BREAK_GLASS, *INCIDENT)
) -> Verdict:
    """Roles are in use; those that nobody takes are removed.

    Why: a forgotten role is a door that nobody watches.
    Fix: check with the owner, then detach its policies and aws iam delete-role --role-name ROLE
    """
    if role.made_by_aws:
        return NotApplicable(role.made_by_aws)
    if is_named(role.role_name, kept_in_reserve):
        return NotApplicable("by its name the role is kept for emergencies")
    last = role.role_last_used.last_used_date
    if last is not None and at - last <= timedelta(days=days):
        return Holds(f"last used on {last:%Y-%m-%d}")
    if at - role.create_date <= timedelta(days=days):
        return NotApplicable(f"made on {role.create_date:%Y-%m-%d}, too young to tell")
    return Fails(f"last used on {last:%Y-%m-%d}" if last is not None else "no use on record, which goes back 400 days")


@fact
def break_glass_access(roles: list[Role]) -> str:
    """Which roles are kept for emergencies, and when they were last used."""
    found = [_told(role) for role in roles if is_named(role.role_name, BREAK_GLASS)]
    return f"roles for emergencies, by name: {some(found) or 'none'}"


@fact
def incident_roles(roles: list[Role]) -> str:
    """Which roles are made ready for responders."""
    found = [_told(role) for role in roles if is_named(role.role_name, INCIDENT)]
    return f"roles for incident response, by name: {some(found) or 'none'}"


def _told(role: Role) -> str:
    mfa = any("aws:multifactorauth" in condition.key.lower() for s in _allowing(role) for condition in s.conditions)
    last = role.role_last_used.last_used_date
    return f"{role.role_name} ({'with' if mfa else 'no'} MFA condition, {f'used {last:%Y-%m-%d}' if last else 'never used'})"


@fact
def pipelines_from_outside(roles: list[Role]) -> str | None:
    """Which OIDC providers, such as build services, have roles here."""
    providers: dict[str, int] = {}
    for role in roles:
        for provider in role.web_identities:
            name = provider.partition(":oidc-provider/")[2] or provider
            providers[name] = providers.get(name, 0) + 1
    if not providers:
        return None
    return "roles by web identity provider: " + some(f"{name} {count}" for name, count in providers.items())


@fact
def other_accounts_let_in(roles: list[Role], here: Target) -> str:
    """Which other accounts may assume roles here."""
    found: dict[str, int] = {}
    for role in roles:
        if not role.made_by_aws:
            for who in outsiders(role, here):
                found[who] = found.get(who, 0) + 1
    told = some((f"{account} ({count} roles)" for account, count in found.items()), 20)
    return f"other accounts that may assume roles: {told or 'none'}"
