"""The root user: who could sign in as the owner of everything."""

from datetime import timedelta

from checks.iam.evidence import CentralRoot, RootCredentials, Summary, VirtualDevice
from scanner import Fails, Holds, NotApplicable, ScanTime, Verdict, check, fact


@check(effort="low")
def root_has_mfa(summary: Summary) -> Verdict:
    """The root user signs in with a second factor.

    Why: whoever has the root password owns the account, and nothing inside it can hold them back.
    Fix: sign in as root and register two passkeys or security keys, or remove the root's credentials centrally.
    """
    if summary.account_mfa_enabled:
        return Holds("a second factor is registered for the root user")
    if summary.account_password_present == 0 and not summary.account_access_keys_present:
        return NotApplicable("the root user has neither a password nor access keys")
    return Fails("no second factor is registered for the root user")


@check(effort="medium")
def root_factor_is_no_app(summary: Summary, devices: list[VirtualDevice]) -> Verdict:
    """The root user's second factor is a security key, a passkey or a token, and no authenticator app.

    Why: the code of an app can be asked for on a false page, and its seed can be copied.
    Fix: sign in as root, register two security keys or passkeys, then remove the app.
    """
    if not summary.account_mfa_enabled:
        return NotApplicable("the root user has no second factor")
    if any(device.user.arn.endswith(":root") for device in devices):
        return Fails("an authenticator app is among the root user's second factors")
    return Holds("no authenticator app is registered for the root user")


@check(effort="low")
def root_has_no_access_keys(summary: Summary) -> Verdict:
    """The root user has no access keys.

    Why: a root key works from anywhere without a second factor, and no policy of the account limits it.
    Fix: move what uses the key to a role, then delete the key under "Security credentials" of the root user.
    """
    if summary.account_access_keys_present:
        return Fails("the root user has an access key")
    return Holds("the root user has no access key")


@check(effort="low")
def root_is_not_used(root: RootCredentials, at: ScanTime, *, days: int = 90) -> Verdict:
    """Nobody has worked as the root user lately.

    Why: daily work as root means that the strongest credentials of all travel, and that one person's acts have no name.
    Fix: give the people who did a role with the permissions that they need, and keep root for what only root can do.
    """
    uses = [moment for moment in (root.password_last_used, *(key.used for key in root.keys)) if moment is not None]
    if not uses:
        return Holds("no use of the root user is on record")
    last = max(uses)
    if at - last <= timedelta(days=days):
        return Fails(f"the root user was last used on {last:%Y-%m-%d}")
    return Holds(f"the root user was last used on {last:%Y-%m-%d}")


@fact
def root_mfa_device(summary: Summary, devices: list[VirtualDevice]) -> str:
    """What kind of second factor the root user has."""
    if not summary.account_mfa_enabled:
        return "the root user has no second factor"
    virtual = any(device.user.arn.endswith(":root") for device in devices)
    if virtual:
        return "an authenticator app is among the root user's second factors"
    return "the root user's second factor is a security key, a passkey or a hardware token"


@fact
def root_is_managed_centrally(central: CentralRoot | None) -> str:
    """Whether the organization manages the root users of its members."""
    features = ", ".join(sorted(central.enabled_features)) if central is not None else ""
    return f"central management of the members' root users: {features or 'none'}"
