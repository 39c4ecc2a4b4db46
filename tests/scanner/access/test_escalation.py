"""Ways from one identity to another's powers: a table of one way each, and what stands in its way."""

from dataclasses import replace
from typing import Any

import pytest
from access_builders import allow, deny, document, identity, policy

from scanner.access.edges import ADMINISTRATOR
from scanner.access.graph import AccessGraph
from scanner.access.inventory import Account, Asset, Document, Holder, Holders, Identity, NotSeen, Principal, Subject

HOME = "111111111111"
IAM = f"arn:aws:iam::{HOME}"
ADA, ADMIN, OPS = f"{IAM}:user/ada", f"{IAM}:role/admin", f"{IAM}:role/ops"
POLICY, GROUP = f"{IAM}:policy/own", f"{IAM}:group/admins"
FUNCTION = f"arn:aws:lambda:us-east-1:{HOME}:function:f"
INSTANCE = f"arn:aws:ec2:us-east-1:{HOME}:instance/i-1"
EVERYTHING = identity(allow("*"), name="all")


def trust(**principal: str) -> Document:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return Document("trust policy", policy(statement))


def role(arn: str, *statements: dict[str, Any], by: Document | None = None) -> Identity:
    documents = identity(*statements) if statements else ()
    return Identity(Subject(Principal.parse(arn), documents), by or trust(Service="ec2.amazonaws.com"))


def account(*statements: dict[str, Any], by: Document | None = None, **ada: Any) -> Account:
    """Ada with some statements, and an administrator's role that `by` says who may take on."""
    user = Identity(Subject(Principal.parse(ADA), identity(*statements) if statements else ()), **ada)
    admin = replace(role(ADMIN, by=by), subject=Subject(Principal.parse(ADMIN), EVERYTHING))
    boss = Identity(Subject(Principal.parse(f"{IAM}:user/boss"), EVERYTHING), groups=(GROUP,))
    return Account(HOME, "aws", (user, admin, boss), groups={GROUP: EVERYTHING})


HOLDERS = Holders((Holder("function", Asset(FUNCTION), ADMIN), Holder("instance", Asset(INSTANCE), ADMIN)))
LAMBDA = trust(Service="lambda.amazonaws.com")
CODE = allow(["lambda:CreateFunction", "lambda:InvokeFunction"], f"arn:aws:lambda:*:{HOME}:function:mine-*")
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
TO_EC2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}


def ways(found: Account, source: str = ADA) -> list[tuple[str, str, bool]]:
    """The steps of the shortest way to everything: action, end, certainty."""
    for path in AccessGraph(found, HOLDERS).escalations():
        if path.source == source:
            return [(step.how, step.target, step.certain) for step in path.steps if step.how != "*"]
    return []


@pytest.mark.parametrize(
    ("found", "steps"),
    [
        (account(), []),
        (account(allow("s3:*")), []),
        (account(allow("iam:CreateAccessKey")), [("iam:CreateAccessKey", f"{IAM}:user/boss", True)]),
        (account(allow("iam:CreateAccessKey", ADA)), []),
        (account(allow("iam:UpdateLoginProfile")), [("iam:UpdateLoginProfile", f"{IAM}:user/boss", False)]),
        (account(allow("iam:CreateLoginProfile")), [("iam:CreateLoginProfile", f"{IAM}:user/boss", False)]),
        (account(allow("iam:UpdateAssumeRolePolicy")), [("iam:UpdateAssumeRolePolicy", ADMIN, True)]),
        (account(allow("iam:PutUserPolicy", ADA)), [("iam:PutUserPolicy", ADMINISTRATOR, True)]),
        (account(allow("iam:AttachUserPolicy", ADA)), [("iam:AttachUserPolicy", ADMINISTRATOR, True)]),
        (account(allow("iam:PutGroupPolicy"), groups=(GROUP,)), [("iam:PutGroupPolicy", ADMINISTRATOR, True)]),
        (account(allow("iam:PutGroupPolicy")), []),
        (account(allow("iam:AddUserToGroup")), [("iam:AddUserToGroup", ADMINISTRATOR, True)]),
        (
            account(allow("iam:CreatePolicyVersion"), attached=(POLICY,)),
            [("iam:CreatePolicyVersion", ADMINISTRATOR, True)],
        ),
        (account(allow("iam:CreatePolicyVersion")), []),
        (
            account(allow("iam:SetDefaultPolicyVersion"), attached=(POLICY,)),
            [("iam:SetDefaultPolicyVersion", ADMINISTRATOR, False)],
        ),
        (account(allow("sts:AssumeRole"), by=trust(AWS=f"{IAM}:root")), [("sts:AssumeRole", ADMIN, True)]),
        (account(by=trust(AWS=f"{IAM}:root")), []),
        (account(by=trust(AWS=ADA)), [("sts:AssumeRole", ADMIN, True)]),
        (
            account(allow("iam:PassRole", ADMIN), CODE, by=LAMBDA),
            [("iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction", ADMIN, True)],
        ),
        (account(allow("iam:PassRole", ADMIN), by=LAMBDA), []),
        (account(allow("iam:PassRole", OPS), CODE, by=LAMBDA), []),
        (account(allow("iam:PassRole", ADMIN, Condition=TO_EC2), CODE, by=LAMBDA), []),
        (
            account(allow("iam:PassRole", ADMIN, Condition=TO_LAMBDA), CODE, by=LAMBDA),
            [("iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction", ADMIN, True)],
        ),
        (
            account(allow("iam:PassRole"), allow("ec2:RunInstances")),
            [("iam:PassRole + ec2:RunInstances", ADMIN, True)],
        ),
        (account(allow("iam:PassRole"), allow("ec2:RunInstances"), by=LAMBDA), []),
        (account(allow("lambda:UpdateFunctionCode", FUNCTION)), [("lambda:UpdateFunctionCode", ADMIN, True)]),
        (account(allow("ssm:SendCommand")), [("ssm:SendCommand", ADMIN, False)]),
        (account(allow("ssm:StartSession", INSTANCE)), [("ssm:StartSession", ADMIN, False)]),
        (account(allow("iam:*"), deny("iam:*")), []),
    ],
)
def test_one_way_each(found: Account, steps: list[tuple[str, str, bool]]) -> None:
    assert ways(found) == steps


def test_a_boundary_that_can_be_taken_off_is_none() -> None:
    narrow = document(allow(["s3:*", "iam:DeleteUserPermissionsBoundary"]), name="boundary")
    bound = Identity(Subject(Principal.parse(ADA), EVERYTHING, narrow), limit=f"{IAM}:policy/boundary")
    held = document(allow("s3:*"), name="boundary")
    assert ways(Account(HOME, "aws", (bound,))) == [("iam:DeleteUserPermissionsBoundary", ADMINISTRATOR, True)]
    assert ways(Account(HOME, "aws", (replace(bound, subject=replace(bound.subject, boundary=held)),))) == []


def test_a_role_is_passed_only_to_a_service_that_it_trusts() -> None:
    """Some role trusts ec2, and the administrator's trusts lambda only: passing that one to ec2 brings nothing."""
    found = account(allow(["iam:PassRole", "ec2:RunInstances"]), by=LAMBDA)
    assert ways(replace(found, identities=(*found.identities, role(OPS)))) == []


def test_a_way_over_another_role() -> None:
    """Ada takes on a role that may write policies of roles, its own too."""
    writer = role(OPS, allow("iam:PutRolePolicy"), by=trust(AWS=ADA))
    found = account()
    over = replace(found, identities=(*found.identities, writer))
    assert ways(over) == [("sts:AssumeRole", OPS, True), ("iam:PutRolePolicy", ADMINISTRATOR, True)]


def test_what_was_not_seen_is_a_possible_way_and_not_a_known_one() -> None:
    unseen = Identity(Subject(Principal.parse(ADA), NotSeen("refused")))
    found = account()
    paths = AccessGraph(replace(found, identities=(unseen, *found.identities[1:])), HOLDERS).escalations()
    assert [(path.source, path.certain, path.steps[0].known) for path in paths] == [(ADA, False, False)]


def test_every_edge_says_by_which_statement_and_on_which_evidence() -> None:
    found = account(allow("iam:UpdateAssumeRolePolicy", ADMIN))
    edges = [one for one in AccessGraph(found, HOLDERS, ("digest",)).edges() if one.source == ADA]
    assert [(one.how, one.statements, one.digests) for one in edges] == [
        ("iam:UpdateAssumeRolePolicy", ("i, statement #1",), ("digest",))
    ]


def test_services_and_strangers_reach_roles_that_trust_them() -> None:
    found = account(by=Document("trust policy", policy(
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"AWS": "222222222222"}, "Action": "sts:AssumeRole"},
    )))  # fmt: skip
    edges = [one for one in AccessGraph(found, HOLDERS).edges() if str(one.link) == "can-assume"]
    assert [(one.source, one.target, one.certain, one.known) for one in edges] == [
        ("lambda.amazonaws.com", ADMIN, True, True),
        ("arn:aws:iam::222222222222:root", ADMIN, False, False),
    ]


def test_unread_service_control_policies_make_no_way_certain_and_no_administrator_an_outsider() -> None:
    found = account(allow("iam:UpdateAssumeRolePolicy"))
    unread = NotSeen("organizations:ListPolicies was refused")
    limited = tuple(replace(one, subject=replace(one.subject, service_control=unread)) for one in found.identities)
    paths = AccessGraph(replace(found, identities=limited), HOLDERS).escalations()
    assert [(path.source, [(step.how, step.certain, step.known) for step in path.steps]) for path in paths] == [
        (ADA, [("iam:UpdateAssumeRolePolicy", False, False), ("*", False, False)])
    ]
