"""Cognito's checks, of user pools and identity pools, against real clients and as tables."""

from typing import Any

import pytest

from checks import cognito_idp
from checks.cognito_idp import UserPool
from scanner import Fails, Holds, Verdict
from tests.emulator import ACCOUNT, Emulator

STRONG = {
    "MinimumLength": 12,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 3,
}


def test_user_pools(aws: Emulator) -> None:
    client = aws.client("cognito-idp")

    def made(name: str, **settings: Any) -> str:
        pool = client.create_user_pool(PoolName=name, **settings)["UserPool"]["Id"]
        return f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{pool}"

    good = made(
        "good",
        MfaConfiguration="ON",
        Policies={"PasswordPolicy": STRONG},
        UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"},
        DeletionProtection="ACTIVE",
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
    )
    bad = made("bad", MfaConfiguration="OPTIONAL", Policies={"PasswordPolicy": {**STRONG, "RequireSymbols": False}})
    assert aws.judge("cognito_idp.people_sign_in_with_a_second_factor") == {
        good: ("holds", "a second factor is ON"),
        bad: ("fails", "a second factor is OPTIONAL"),
    }
    told = aws.judge("cognito_idp.passwords_are_strong")
    assert told[bad] == ("fails", "not asked for: symbols")
    assert told[good][0] == "holds"
    assert aws.judge("cognito_idp.stolen_passwords_are_met") == {
        good: ("holds", "threat protection is ENFORCED"),
        bad: ("fails", "threat protection is OFF"),
    }
    assert aws.judge("cognito_idp.pools_are_protected_from_deletion") == {
        good: ("holds", "deletion protection is ACTIVE"),
        bad: ("fails", "deletion protection is INACTIVE"),
    }
    assert aws.judge("cognito_idp.how_people_join") == {
        good: ("told", "user pool good: an administrator makes the accounts"),
        bad: ("told", "user pool bad: people make the accounts"),
    }


def pool(**fields: object) -> UserPool:
    return UserPool.model_validate({"name": "one"} | fields, strict=False)


def signing_in_with(*factors: str) -> UserPool:
    return pool(policies={"sign_in_policy": {"allowed_first_auth_factors": factors}})


@pytest.mark.parametrize(
    ("one", "factor", "password"),
    [
        # It is about one flow of several: app clients may still take passwords.
        (signing_in_with("WEB_AUTHN"), Fails("a second factor is OFF"), Fails("no password policy is told")),
        (
            signing_in_with("WEB_AUTHN", "PASSWORD"),
            Fails("a second factor is OFF"),
            Fails("no password policy is told"),
        ),
        (pool(mfa_configuration="ON"), Holds("a second factor is ON"), Fails("no password policy is told")),
    ],
)
def test_pools_without_passwords(one: UserPool, factor: Verdict, password: Verdict) -> None:
    assert cognito_idp.people_sign_in_with_a_second_factor(one) == factor
    assert cognito_idp.passwords_are_strong(one) == password


def test_temporary_passwords_end() -> None:
    rules = {
        "minimum_length": 8,
        "require_uppercase": True,
        "require_lowercase": True,
        "require_numbers": True,
        "require_symbols": True,
    }
    for days, so in ((0, Fails), (7, Holds), (8, Fails)):
        policy = {"password_policy": rules | {"temporary_password_validity_days": days}}
        assert isinstance(cognito_idp.passwords_are_strong(pool(policies=policy)), so)


def test_identity_pools(aws: Emulator) -> None:
    client = aws.client("cognito-identity")
    arn = f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/"
    open_ = client.create_identity_pool(IdentityPoolName="open", AllowUnauthenticatedIdentities=True)["IdentityPoolId"]
    shut = client.create_identity_pool(IdentityPoolName="shut", AllowUnauthenticatedIdentities=False)["IdentityPoolId"]
    assert aws.judge("cognito_identity.strangers_get_no_credentials") == {
        arn + open_: ("fails", "open gives credentials to guests"),
        arn + shut: ("holds", "shut gives none to guests"),
    }
