"""Cognito user pools: how people sign in, and what happens to their accounts."""

from scanner import Evidence, Fails, Holds, Part, Read, Verdict, check, fact


class PoolEntry(
    Evidence,
    read=Read(
        "cognito-idp:ListUserPools",
        "UserPools",
        fixed={"MaxResults": 60},
        arn="arn:{partition}:cognito-idp:{region}:{account}:userpool/{id}",
    ),
):
    id: str


class PasswordPolicy(Part):
    minimum_length: int = 0
    require_uppercase: bool = False
    require_lowercase: bool = False
    require_numbers: bool = False
    require_symbols: bool = False
    temporary_password_validity_days: int = 0


class Policies(Part):
    password_policy: PasswordPolicy | None = None


class AddOns(Part):
    advanced_security_mode: str = "OFF"


class AdminCreate(Part):
    allow_admin_create_user_only: bool = False


class UserPool(
    Evidence, read=Read("cognito-idp:DescribeUserPool", "UserPool", per=PoolEntry, args={"UserPoolId": "id"})
):
    name: str
    mfa_configuration: str = "OFF"
    policies: Policies = Policies()
    user_pool_add_ons: AddOns = AddOns()
    deletion_protection: str = "INACTIVE"
    admin_create_user_config: AdminCreate = AdminCreate()

    # A sign-in policy without PASSWORD is not looked at: it is about the flow USER_AUTH alone, and an app client may still
    # allow the flows that take a password.


@check(effort="medium")
def people_sign_in_with_a_second_factor(pool: UserPool) -> Verdict:
    """User pools demand a second factor from everybody.

    Why: people use the same password elsewhere, and lists of stolen ones are tried everywhere.
    Fix: aws cognito-idp set-user-pool-mfa-config --user-pool-id ID --mfa-configuration ON …
    """
    told = f"a second factor is {pool.mfa_configuration}"
    return Holds(told) if pool.mfa_configuration == "ON" else Fails(told)


@check(effort="low")
def passwords_are_strong(pool: UserPool, *, minimum_length: int = 8, temporary_days: int = 7) -> Verdict:
    """User pools ask for passwords of all four kinds of characters, and let temporary ones end within a week.

    Why: a short password of small letters is guessed in minutes.
    Fix: aws cognito-idp update-user-pool --user-pool-id ID --policies PasswordPolicy={MinimumLength=12,…}
    """
    policy = pool.policies.password_policy
    if policy is None:
        return Fails("no password policy is told")
    wanted = {
        f"{minimum_length} characters": policy.minimum_length >= minimum_length,
        "capital letters": policy.require_uppercase,
        "small letters": policy.require_lowercase,
        "numbers": policy.require_numbers,
        "symbols": policy.require_symbols,
        f"an end of temporary passwords within {temporary_days} days": (
            0 < policy.temporary_password_validity_days <= temporary_days
        ),
    }
    missing = [what for what, so in wanted.items() if not so]
    return Fails(f"not asked for: {', '.join(missing)}") if missing else Holds(f"asked for: {', '.join(wanted)}")


@check(effort="medium")
def stolen_passwords_are_met(pool: UserPool) -> Verdict:
    """User pools act on stolen passwords and unusual sign-ins.

    Why: the right password from the wrong place is the commonest attack on an account.
    Fix: aws cognito-idp update-user-pool --user-pool-id ID --user-pool-add-ons AdvancedSecurityMode=ENFORCED
    """
    told = f"threat protection is {pool.user_pool_add_ons.advanced_security_mode}"
    return Holds(told) if pool.user_pool_add_ons.advanced_security_mode == "ENFORCED" else Fails(told)


@check(effort="low")
def pools_are_protected_from_deletion(pool: UserPool) -> Verdict:
    """User pools refuse to be deleted.

    Why: with the pool go all accounts in it, and no backup brings the passwords back.
    Fix: aws cognito-idp update-user-pool --user-pool-id ID --deletion-protection ACTIVE
    """
    told = f"deletion protection is {pool.deletion_protection}"
    return Holds(told) if pool.deletion_protection == "ACTIVE" else Fails(told)


@fact
def how_people_join(pool: UserPool) -> str:
    """Whether people may sign themselves up."""
    only = pool.admin_create_user_config.allow_admin_create_user_only
    return f"user pool {pool.name}: {'an administrator makes' if only else 'people make'} the accounts"
