"""Ways to the powers of an administrator, for those who are none; and data that anybody in the account may read."""

from dataclasses import dataclass

from checks.iam.statements import some
from scanner import Fails, Holds, NotApplicable, Verdict, check, derived, fact
from scanner.access.graph import AccessGraph, Path
from scanner.access.inventory import Account, Holders, NotSeen


@dataclass(frozen=True)
class Ways:
    """Ways to everything. `unseen`: what may hide more of them. `others`: how many are no administrators."""

    paths: tuple[Path, ...]
    labels: dict[str, str]
    others: int
    unseen: tuple[str, ...]


@dataclass(frozen=True)
class Escalations:
    """Ways to everything, where they are known: there is one for certain, or all was seen."""

    certain: tuple[str, ...]
    possible: tuple[str, ...]
    others: int


@dataclass(frozen=True)
class KnownWays:
    """The ways in words, where all was seen."""

    told: tuple[str, ...]


@derived
def known_ways(found: Ways) -> KnownWays | NotSeen:
    """All ways. They are not known where anything was not seen."""
    if found.unseen:
        return NotSeen(found.unseen[0])
    for path in found.paths:
        for step in path.steps:
            if not step.known:
                return NotSeen(f"what {found.labels[step.source]} may do was not all seen ({step.how})")
    return KnownWays(tuple(_told(path, found.labels) for path in found.paths))


@derived
def ways_to_everything(account: Account, holders: Holders) -> Ways:
    """Who is no administrator and can become one."""
    graph = AccessGraph(account, holders)
    everybody = {one.arn for one in account.identities}
    return Ways(
        graph.escalations(),
        {name: node.label for name, node in graph.nodes.items()},
        len(everybody - graph.escalation.administrators),
        tuple(one.reason for one in (*account.unseen, *holders.unseen)),
    )


@derived
def escalations(found: Ways) -> Escalations | NotSeen:
    """The ways in words. Without a certain one it is not known as long as something was not seen."""
    certain = tuple(_told(path, found.labels) for path in found.paths if path.certain)
    unknown = [step for path in found.paths for step in path.steps if not step.known]
    if not certain and found.unseen:
        return NotSeen(found.unseen[0])
    if not certain and unknown:
        return NotSeen(f"what {found.labels[unknown[0].source]} may do was not all seen ({unknown[0].how})")
    possible = tuple(_told(path, found.labels) for path in found.paths if not path.certain)
    return Escalations(certain, possible, found.others)


def _told(path: Path, labels: dict[str, str]) -> str:
    """`role/deploy: iam:PassRole + lambda:CreateFunction → role/admin`."""
    steps = [f"{step.how} → {labels[step.target]}" for step in path.steps if step.how != "*"]
    return f"{labels[path.source]}: {', '.join(steps)}"


@check(effort="medium")
def nobody_can_make_an_administrator_of_themselves(found: Escalations) -> Verdict:
    """No user or role that is no administrator has a way to an administrator's powers.

    Why: whoever can pass, rewrite or take on a stronger identity is an administrator whom nobody counted.
    Fix: narrow iam:PassRole and the actions that write policies, keys and trust to named resources, or set a boundary.
    """
    if found.certain:
        return Fails(some(found.certain, 3))
    if not found.others:
        return NotApplicable("there is nobody but administrators")
    if found.possible:
        return Holds(f"none without conditions; with them: {some(found.possible, 3)}")
    return Holds("neither roles to pass or take on, nor policies to write lead there")


@fact
def shortest_ways_to_everything(found: KnownWays) -> str:
    """By which shortest ways those who are no administrators can become one."""
    return f"ways from those who are no administrators to everything: {some(found.told, 5) or 'none found'}"
