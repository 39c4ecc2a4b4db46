"""Nothing but `prefill apply`, `prefill undo` and `workload create --yes` writes: every call of the other commands is recorded."""

from dataclasses import replace
from pathlib import Path

import pytest
from prefill_scene import Scene

from scanner.collect.guard import is_read
from scanner.watool.guard import READS, WRITES
from tests.faults import PLUGIN
from tests.proxy import Proxy

ROOT = Path(__file__).parents[3]
TOOL_WRITES = {f"wellarchitected:{operation}" for operation in WRITES}
TOOL_READS = {f"wellarchitected:{operation}" for operation in READS}


@pytest.fixture
def recorded(scene: Scene, fault_proxy: Proxy) -> Scene:
    """The scene with every request going through the proxy, which counts them by operation."""
    through = {"AWS_ENDPOINT_URL": fault_proxy.url, "PYTHONPATH": str(ROOT), **PLUGIN}
    return replace(scene, environment={**scene.environment, **through})


def test_a_scan_and_all_that_only_looks_make_no_write_call(recorded: Scene, fault_proxy: Proxy) -> None:
    with fault_proxy.going_wrong():
        assert recorded.wafr_alone("scan", "--out", "again", "--quiet").code in (0, 3)
        scan = set(fault_proxy.seen)
    assert len(scan) > 50
    assert {operation for operation in scan if not is_read(operation)} == set()
    assert {operation for operation in scan if operation.startswith("wellarchitected:")} == {
        "wellarchitected:ListLenses",
        "wellarchitected:ListMilestones",
        "wellarchitected:ListWorkloads",
    }
    assert not {f"wellarchitected:{operation}" for operation in recorded.backend.calls} & TOOL_WRITES
    with fault_proxy.going_wrong():
        for command in (
            ("prefill", "plan", "bundle", "--unselect", "refuted"),
            ("contradictions", "bundle", "--workload", recorded.workload_id),
            ("claims", "pull"),
            ("workload", "list"),
            ("evaluate", "bundle"),
            ("verify", "bundle"),
        ):
            assert recorded.wafr_alone(*command).code == 0
        looked = set(fault_proxy.seen)
    assert looked - TOOL_READS == {"sts:GetCallerIdentity"}
    assert looked & TOOL_WRITES == set()


def test_the_recorder_sees_what_an_apply_and_an_undo_write(recorded: Scene, fault_proxy: Proxy) -> None:
    total = len(recorded.planned()["questions"])
    with fault_proxy.going_wrong():
        assert recorded.wafr_alone("prefill", "apply", recorded.plan, "--milestone", "Before").code == 0
        written = {operation: count for operation, count in fault_proxy.seen.items() if operation in TOOL_WRITES}
    assert written == {"wellarchitected:UpdateAnswer": total, "wellarchitected:CreateMilestone": 1}
    with fault_proxy.going_wrong():
        assert recorded.wafr_alone("prefill", "undo", "bundle", "--dry-run").code == 0
        assert set(fault_proxy.seen) & TOOL_WRITES == set()
        assert recorded.wafr_alone("prefill", "undo", "bundle").code == 0
        written = {operation: count for operation, count in fault_proxy.seen.items() if operation in TOOL_WRITES}
    assert written == {"wellarchitected:UpdateAnswer": total}
