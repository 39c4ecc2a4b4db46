"""The honesty matrix: each operation that a check reads × each way to fail, on the demo's account.

Whatever AWS does not tell becomes unknown where it is felt, is cited there, and changes nothing else.
"""

import gc
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.demo import account, scene
from fixtures.moto_services import install_standins
from scanner.cli.common import load_lens
from scanner.collect.permissions import sends
from scanner.collect.plan import Plan
from scanner.evidence.reading import GLOBAL, ORGANIZATION, Target
from scanner.evidence.snapshot import Scan
from scanner.review.declared import load_claims
from tests.broken import Fault, paging
from tests.emulator import ACCOUNT, Emulator
from tests.faults import PLUGIN
from tests.honesty import Scanner, Seen, breaches, spoiled
from tests.proxy import Proxy, Rule

LENS = load_lens()
OPERATIONS = sorted(sends(Plan(LENS.library.kinds)))
FAULTS = (Fault.REFUSED, Fault.THROTTLED, Fault.FAILING, Fault.CUT, Fault.REPEATING)
HOME = Target(ACCOUNT, GLOBAL)
SCAN = Scan(
    datetime.now(UTC).replace(microsecond=0),
    (HOME, HOME.there(account.PRODUCTION), HOME.there(account.SECOND)),
    {},
    HOME.there(ORGANIZATION),
)


@pytest.fixture(scope="module")
def demo(server: Emulator, fault_proxy: Proxy) -> Iterator[tuple[Scanner, Seen]]:
    """The demo's account behind the proxy, and a scan of it that nothing disturbed."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**server.environment, **PLUGIN, "AWS_ENDPOINT_URL": fault_proxy.url}.items():
            environment.setenv(name, value)
        scanner = stage(server)
        before = scanner.see()
        gc.freeze()  # what is kept for all cells is no garbage, and need not be looked through two thousand times
        yield scanner, before


def stage(server: Emulator) -> Scanner:
    """The demo's account on a fresh emulated AWS."""
    server.reset()
    install_standins(scene.FOLDER / "standins")
    with warnings.catch_warnings():  # moto looks for a Docker that is not there, and leaves its sockets open
        warnings.simplefilter("ignore", ResourceWarning)
        account.build(scene.client_at(server.url))
        gc.collect()
    return Scanner(LENS, SCAN, load_claims(scene.CLAIMS, LENS.catalogue))


def faults_of(operation: str) -> list[Fault]:
    """The ways in which an operation can fail: a list is cut short only where AWS could go on."""
    return [fault for fault in FAULTS if fault is not Fault.REPEATING or paging(operation)[0]]


def test_asked_again_undisturbed_nothing_differs(demo: tuple[Scanner, Seen]) -> None:
    """Else a difference would not speak of a fault: what moves with the clock is known."""
    scanner, before = demo
    assert spoiled(before, scanner.see_again(before, OPERATIONS)) == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_what_is_not_told_is_unknown_and_nothing_else_changes(
    operation: str, demo: tuple[Scanner, Seen], fault_proxy: Proxy
) -> None:
    scanner, before = demo
    for fault in faults_of(operation):
        with fault_proxy.going_wrong(Rule(fault, frozenset({operation}))):
            after = scanner.see_again(before, [operation], leaning=True)
            assert fault_proxy.seen[operation] or not_reached(scanner, before, operation)
        assert breaches(before, after) == [], f"{operation} {fault}"


def not_reached(scanner: Scanner, before: Seen, operation: str) -> bool:
    """Nothing in the account leads to this operation: it was not asked in the undisturbed scan either."""
    leading = scanner.following([operation])
    return not any(reading.call.api in leading for reading in before.snapshot)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    faulty=st.dictionaries(st.sampled_from(OPERATIONS), st.sampled_from(FAULTS), min_size=2, max_size=8),
    seed=st.integers(0, 999),
)
def test_any_set_of_faults_only_takes_away(
    demo: tuple[Scanner, Seen], fault_proxy: Proxy, faulty: dict[str, Fault], seed: int
) -> None:
    scanner, before = demo
    rules = [  # a list that goes on only sometimes is a whole list in two pages
        Rule(fault, frozenset({operation}), share=1.0 if fault is Fault.REPEATING else 0.7)
        for operation, fault in faulty.items()
    ]
    with fault_proxy.going_wrong(*rules, seed=seed):
        after = scanner.see_again(before, faulty)
    assert breaches(before, after) == []
