"""Who can decrypt with which key: the whole table of a synthetic account, measured.

`python benchmarks/access_matrix.py` prints CPU seconds and peak memory for a small and a large account, and compares the
grouped table with pairs judged one by one. It fails where a figure passes its limit or an outcome differs.
"""

import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scanner.access.evaluate import judge
from scanner.access.matrix import Matrix, Subject, Target
from scanner.access.principals import Principal
from scanner.access.request import Document, Grant, Level
from scanner.evidence.policy import Policy

ACCOUNT, PARTNER = "111111111111", "222222222222"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
REGIONS = ("eu-central-1", "eu-west-1", "us-east-1")
TEAMS = tuple(f"team{number}" for number in range(12))
ACTION = "kms:Decrypt"


@dataclass(frozen=True)
class Size:
    principals: int
    policies: int
    keys: int


@dataclass(frozen=True)
class Texts:
    """An account as AWS tells it: policies are still text."""

    names: list[str]
    teams: list[str]
    managed: list[str]
    attached: list[list[int]]
    inline: list[list[str]]
    arns: list[str]
    key_policies: list[str]
    grants: list[tuple[Grant, ...]]
    key_teams: list[str]


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def identity_policy(pick: random.Random, arns: list[str]) -> str:
    """Half of them say nothing about keys, as in real accounts."""
    makers: list[Callable[[], dict[str, Any]]] = [
        lambda: allow(["kms:Decrypt", "kms:GenerateDataKey"], pick.sample(arns, min(len(arns), pick.randint(1, 4)))),
        lambda: allow("kms:*", f"arn:aws:kms:{pick.choice(REGIONS)}:{ACCOUNT}:key/*"),
        lambda: allow("kms:Decrypt", Condition={"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}),
        lambda: allow("kms:Decrypt", Condition={"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}),
        lambda: deny("kms:Decrypt", Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}),
        lambda: {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"},
    ]
    service = pick.choice(["s3", "ec2", "logs", "dynamodb", "sqs"])
    common = allow([f"{service}:Get*", f"{service}:List*"], f"arn:aws:{service}:::{pick.randrange(10**6)}*")
    return policy(common, pick.choice(makers)()) if pick.random() < 0.5 else policy(common)


def key_policy(pick: random.Random, names: list[str]) -> str:
    delegation = allow("kms:*", Principal={"AWS": ROOT})
    users = pick.sample(names, min(len(names), pick.randint(1, 5)))
    named = allow(["kms:Decrypt", "kms:DescribeKey"], Principal={"AWS": users})
    partner = allow("kms:Decrypt", Principal={"AWS": PARTNER})
    service = allow("kms:Decrypt", Principal={"Service": "logs.amazonaws.com"})
    kinds = [[delegation], [delegation, named], [named], [delegation, partner], [delegation, named, service]]
    return policy(*pick.choice(kinds))


def account(size: Size, seed: int = 1) -> Texts:
    pick = random.Random(seed)  # noqa: S311 - a synthetic account, not a secret
    arns = [f"arn:aws:kms:{pick.choice(REGIONS)}:{ACCOUNT}:key/{number:08x}" for number in range(size.keys)]
    kinds = [pick.choice(["role", "role", "user"]) for _ in range(size.principals)]
    names = [f"arn:aws:iam::{ACCOUNT}:{kind}/p{number}" for number, kind in enumerate(kinds)]
    shared = size.policies // 5
    managed = [identity_policy(pick, arns) for _ in range(shared)]
    inline: list[list[str]] = [[] for _ in names]
    for _ in range(size.policies - shared):
        pick.choice(inline).append(identity_policy(pick, arns))
    attached = [pick.sample(range(shared), pick.randint(0, 3)) for _ in names]
    grants = [
        tuple(
            Grant(
                f"{number}-{place}", pick.choice(names), ("Decrypt", "Encrypt"), (("tenant", "a"),) * pick.randrange(2)
            )
            for place in range(pick.choice([0, 0, 0, 1, 2, 5]))
        )
        for number in range(size.keys)
    ]
    key_policies = [key_policy(pick, names) for _ in arns]
    teams = [pick.choice(TEAMS) for _ in names]
    return Texts(
        names, teams, managed, attached, inline, arns, key_policies, grants, [pick.choice(TEAMS) for _ in arns]
    )


def table(texts: Texts) -> Matrix:
    """The account parsed, and its table made ready."""
    full = Document("FullAWSAccess", Policy.model_validate(policy(allow("*"))))
    guard = Document("Guard", Policy.model_validate(policy(deny("kms:ScheduleKeyDeletion"))))
    levels = (Level("root", (full,)), Level("unit", (full, guard)), Level("account", (full,)))
    managed = [Document(f"managed/{place}", Policy.model_validate(text)) for place, text in enumerate(texts.managed)]
    subjects = [
        Subject(
            Principal.parse(name),
            identity=(
                *(managed[place] for place in texts.attached[number]),
                *(Document(f"inline/{number}", Policy.model_validate(text)) for text in texts.inline[number]),
            ),
            service_control=levels,
            values={"aws:PrincipalTag/team": (texts.teams[number],)},
        )
        for number, name in enumerate(texts.names)
    ]
    targets = [
        Target(
            arn,
            Document("key policy", Policy.model_validate(texts.key_policies[number])),
            texts.grants[number],
            values={"aws:ResourceTag/team": (texts.key_teams[number],)},
        )
        for number, arn in enumerate(texts.arns)
    ]
    return Matrix(ACTION, subjects, targets)


def measure(size: Size, limit: float) -> Matrix:
    texts = account(size)
    began = time.process_time()
    matrix = table(texts)
    parsed = time.process_time() - began
    counted = Counter(outcome.value for place in range(size.principals) for outcome in matrix.row(place))
    spent = time.process_time() - began
    print(f"{size}: {spent:.2f} s of CPU (parsing {parsed:.2f}), {matrix.judged} pairs judged, {dict(counted)}")
    assert spent <= limit, f"{spent:.2f} s of CPU, over {limit}"
    return matrix


def compare(matrix: Matrix, size: Size, pairs: int) -> None:
    pick = random.Random(2)  # noqa: S311 - which pairs are compared is no secret
    began = time.process_time()
    for _ in range(pairs):
        who, what = pick.randrange(size.principals), pick.randrange(size.keys)
        alone = judge(matrix.request(who, what), matrix.policies(who, what)).outcome
        assert alone is matrix.outcome(who, what), (who, what, alone, matrix.outcome(who, what))
    print(f"{pairs} pairs judged one by one agree ({time.process_time() - began:.2f} s of CPU)")


def main() -> None:
    small, large = Size(125, 250, 25), Size(2500, 5000, 500)
    measure(small, limit=1.0)  # warms up what is loaded once
    measure(small, limit=0.15)
    matrix = measure(large, limit=20.0)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024 * 1024)
    print(f"peak memory {memory:.0f} MiB")
    assert memory <= 400
    compare(matrix, large, pairs=40_000)


if __name__ == "__main__":
    main()
