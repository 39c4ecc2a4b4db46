"""Users' credentials: passwords, second factors and access keys."""

from datetime import datetime, timedelta

from checks.iam.evidence import PasswordPolicy, Role, SamlProvider, UserCredentials
from checks.iam.statements import is_named, some
from scanner import CannotTell, Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact

NO_PASSWORD = NotApplicable("the user has no password")
NO_KEYS = NotApplicable("the user has no active access key")


@check(effort="low")
def console_users_have_mfa(user: UserCredentials) -> Verdict:
    """Users with a password sign in with a second factor.

    Why: a password alone is guessed, phished or reused; then the account stands open.
    Fix: aws iam enable-mfa-device --user-name USER …, or let the user sign in through an identity provider.
    """
    if not user.password_enabled:
        return NO_PASSWORD
    return Holds("a second factor is registered") if user.mfa_active else Fails("a password and no second factor")


@check(effort="low")
def password_policy_is_strong(
    policy: PasswordPolicy | None,
    users: list[UserCredentials],
    *,
    length: int = 14,
    kinds_of_characters: int = 3,
    reuse: int = 24,
    days: int = 0,
) -> Verdict:
    """Passwords of IAM users must be long and mixed, and may not come back.

    Why: short passwords fall to guessing, and one that comes back was perhaps already stolen.
    Fix: aws iam update-account-password-policy --minimum-password-length 14 --password-reuse-prevention 24 …
    """
    if not any(user.password_enabled for user in users):
        return NotApplicable("no IAM user has a password")
    if policy is None:
        return Fails("the account has no password policy of its own; AWS's default asks for 8 characters")
    weak = []
    if policy.minimum_password_length < length:
        weak.append(f"{policy.minimum_password_length} characters are enough")
    if policy.kinds_of_characters < kinds_of_characters:
        weak.append(f"{policy.kinds_of_characters} kinds of characters are demanded")
    if policy.password_reuse_prevention < reuse:
        weak.append(f"the last {policy.password_reuse_prevention} passwords may not come back")
    if days and not 0 < policy.max_password_age <= days:
        weak.append(f"passwords last {policy.max_password_age or 'unlimited'} days")
    if weak:
        return Fails("; ".join(weak))
    return Holds(f"at least {policy.minimum_password_length} characters of {policy.kinds_of_characters} kinds")


@check(effort="high")
def no_access_key_is_active(user: UserCredentials, *, allowed: tuple[str, ...] = ()) -> Verdict:
    """Users have no active access keys.

    Why: a key lives until somebody deletes it; it ends up in code and images, and works for whoever finds it.
    Fix: let workloads take a role, people `aws sso login` and outside systems IAM Roles Anywhere or OIDC; delete the key.
    """
    keys = list(user.active_keys)
    if not keys:
        return Holds("no access key is active")
    if is_named(user.user, allowed):
        return NotApplicable("the settings allow this user an access key")
    uses = [key.used for key in keys if key.used is not None]
    used = f"last used on {max(uses):%Y-%m-%d}" if uses else "no use on record"
    return Fails(f"{len(keys)} active access keys, {used}")


@check(effort="high")
def no_access_key_is_in_use(
    user: UserCredentials, at: ScanTime, *, days: int = 90, allowed: tuple[str, ...] = ()
) -> Verdict:
    """Nobody works with a long-term access key.

    Why: what uses a key today breaks when it leaks and must be revoked; a role's credentials end by themselves.
    Fix: find the caller in CloudTrail by its access key id, give it a role, then deactivate the key.
    """
    keys = list(user.active_keys)
    if not keys:
        return NO_KEYS
    if is_named(user.user, allowed):
        return NotApplicable("the settings allow this user an access key")
    uses = [key.used for key in keys if key.used is not None]
    if uses and at - max(uses) <= timedelta(days=days):
        return Fails(f"an access key was used on {max(uses):%Y-%m-%d}")
    return Holds(f"no active access key was used in {days} days")


@check(effort="medium")
def access_keys_are_young(user: UserCredentials, at: ScanTime, *, days: int = 90) -> Verdict:
    """Active access keys are replaced regularly.

    Why: the older a key, the more places it has been copied to, and the longer a theft goes on.
    Fix: aws iam create-access-key, move its users over, then aws iam update-access-key --status Inactive and delete it.
    """
    keys = list(user.active_keys)
    if not keys:
        return NO_KEYS
    ages = [(at - key.rotated).days for key in keys if key.rotated is not None]
    oldest = max(ages, default=0)
    if oldest > days:
        return Fails(f"an active access key is {oldest} days old")
    if len(ages) < len(keys):
        return CannotTell("the report does not say when an active key was made")
    return Holds(f"the oldest active access key is {oldest} days old")


@check(effort="low")
def users_have_one_active_key(user: UserCredentials) -> Verdict:
    """Users have one active access key at most.

    Why: the second is there for the days of a change; left in force it is a key that nobody watches.
    Fix: aws iam update-access-key --status Inactive for the older one, then aws iam delete-access-key
    """
    keys = list(user.active_keys)
    if not keys:
        return NO_KEYS
    return Holds("one access key is active") if len(keys) == 1 else Fails(f"{len(keys)} access keys are active")


@check(effort="low")
def unused_credentials_are_disabled(user: UserCredentials, at: ScanTime, *, days: int = 90) -> Verdict:
    """Passwords and access keys that nobody uses are disabled.

    Why: nobody notices the theft of what nobody uses.
    Fix: aws iam delete-login-profile --user-name USER; aws iam update-access-key --status Inactive …
    """
    lives: list[tuple[str, datetime]] = []
    if user.password_enabled:
        lives.append(("the password", _latest(user, user.password_last_used, user.password_last_changed)))
    lives += [(f"access key {key.number}", _latest(user, key.used, key.rotated)) for key in user.active_keys]
    if not lives:
        return NotApplicable("the user has neither a password nor an active access key")
    idle = [f"{what} since {last:%Y-%m-%d}" for what, last in lives if at - last > timedelta(days=days)]
    if idle:
        return Fails(f"not used: {', '.join(idle)}")
    return Holds(f"all that is enabled was used or made in the last {days} days")


def _latest(user: UserCredentials, *moments: datetime | None) -> datetime:
    """When a credential was last used or made. One that was just made is not yet unused."""
    return max((moment for moment in moments if moment is not None), default=user.user_creation_time)


@check(effort="medium")
def users_have_no_password(user: UserCredentials, *, allowed: tuple[str, ...] = ()) -> Verdict:
    """People do not sign in to the console as IAM users.

    Why: each IAM user is one more password to keep, and stays when its person leaves the company.
    Fix: give the person access through IAM Identity Center or a SAML provider, then aws iam delete-login-profile.
    """
    if not user.password_enabled:
        return Holds("the user has no password")
    if is_named(user.user, allowed):
        return NotApplicable("the settings allow this user a password")
    last = f"last used on {user.password_last_used:%Y-%m-%d}" if user.password_last_used else "no use on record"
    return Fails(f"the user has a console password, {last}")


@check(effort="high")
def console_access_is_federated(
    users: list[UserCredentials],
    providers: list[SamlProvider],
    roles: list[Role],
    *,
    allowed: tuple[str, ...] = (),
) -> Verdict:
    """People reach the console through an identity provider, where anybody does.

    Why: one central place to join, change and leave is the only one that is kept up to date.
    Fix: set up IAM Identity Center with your identity provider and assign groups to permission sets.
    """
    console = [user.user for user in users if user.password_enabled and not is_named(user.user, allowed)]
    center = any(role.path.startswith("/aws-reserved/sso.amazonaws.com/") for role in roles)
    # A provider through which nobody can take a role leads nowhere.
    trusted = {name for role in roles for name in role.trusted("Federated")}
    through = "IAM Identity Center" if center else some(one.arn for one in providers if one.arn in trusted)
    if through:
        beside = f"; beside it have passwords: {some(console)}" if console else ""
        return Holds(f"federated through {through}{beside}")
    if console:
        return Fails(
            f"neither Identity Center nor SAML is set up here, and these users have passwords: {some(console)}"
        )
    return NotApplicable("no IAM user has a password, and no federation for people is in use here")


@fact
def long_term_credentials(users: list[UserCredentials]) -> str | None:
    """How many long-term credentials there are."""
    if not users:
        return None
    passwords = sum(bool(user.password_enabled) for user in users)
    keys = sum(len(list(user.active_keys)) for user in users)
    return f"{len(users)} IAM users with {passwords} passwords and {keys} active access keys"
