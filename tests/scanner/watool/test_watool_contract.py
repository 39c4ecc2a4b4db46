"""Who may write: read from the code itself, and from what the guard of the Tool's session refuses."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import xform_name
from botocore.session import Session

from scanner.collect.guard import SIGN_IN, is_read
from scanner.config import Config
from scanner.watool.access import open_tool
from scanner.watool.guard import ALLOWED, READS, WHO_WE_ARE, WRITES, NotForTheToolError, guard

ROOT = Path(__file__).parents[3]
MODEL = Session().get_service_model("wellarchitected")
WRITING = {name for name in MODEL.operation_names if not is_read(f"wellarchitected:{name}")} - {"ExportLens"}
METHODS = {xform_name(name) for name in WRITING}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for folder in ("scanner", "checks"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def test_only_the_client_sends_writing_operations() -> None:
    """`limits` and `guard` name them, `client` sends them; the others call the client's methods, from the pre-fill only."""
    named, called = defaultdict(set), defaultdict(set)
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and node.value in WRITING:
                named[path].add(node.value)
            if isinstance(node, ast.Attribute) and node.attr in METHODS:
                called[path].add(node.attr)
    assert dict(named) == {
        "scanner/watool/client.py": set(WRITES),
        "scanner/watool/guard.py": set(WRITES),
        "scanner/watool/limits.py": {"CreateMilestone", "CreateWorkload", "UpdateAnswer"},
    }
    assert dict(called) == {
        "scanner/cli/workload.py": {"associate_lenses"},
        "scanner/watool/milestones.py": {"create_milestone"},
        "scanner/watool/workloads.py": {"create_workload"},
        "scanner/watool/writing.py": {"update_answer"},
    }


def test_every_client_of_aws_is_made_behind_a_guard() -> None:
    """Two modules of the scan, behind its guard; the Tool's, behind its own; the Lambda's, for the user's own bucket."""
    made = {
        path
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"client", "resource", "create_client"}
        and not _is_ours(node.func.value)
    }
    assert made == {
        "scanner/collect/clients.py",
        "scanner/collect/targets.py",
        "scanner/deliver.py",
        "scanner/watool/client.py",
    }


def _is_ours(value: ast.expr) -> bool:
    """`Clients.client` of the scan, which has the name too: `self.clients[account].client(service)` and the like."""
    return "session" not in ast.unparse(value) and ast.unparse(value) not in {"boto3", "base", "self._session"}


def test_the_guard_knows_the_operations_that_are_used_and_no_other_write() -> None:
    assert set(MODEL.operation_names) >= READS | WRITES
    assert WRITES <= WRITING
    assert set() == READS & WRITING
    used = {
        node.value
        for path, tree in modules()
        if path == "scanner/watool/client.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in MODEL.operation_names
    }
    assert used == READS | WRITES
    assert SIGN_IN | WHO_WE_ARE | {f"wellarchitected:{name}" for name in READS | WRITES} == ALLOWED


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("wellarchitected", "DeleteWorkload"),
        ("wellarchitected", "UpgradeLensReview"),
        ("iam", "CreateUser"),
        ("s3", "ListBuckets"),
    ],
)
def test_the_tools_session_sends_nothing_else(session: Any, url: str, service: str, operation: str) -> None:
    session.events.register_first("before-call", guard())
    model = Session().get_service_model(service).operation_model(operation)
    arguments = {
        "DeleteWorkload": {"WorkloadId": "0" * 32, "ClientRequestToken": "t"},
        "UpgradeLensReview": {"WorkloadId": "0" * 32, "LensAlias": "wellarchitected", "MilestoneName": "Before"},
        "CreateUser": {"UserName": "mallory"},
    }
    client = session.client(service, endpoint_url=url)
    with pytest.raises(NotForTheToolError, match=f"{service}:{operation} is nothing that the pre-fill sends"):
        getattr(client, xform_name(model.name))(**arguments.get(operation, {}))


def test_the_session_that_the_product_opens_has_this_guard(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_CONFIG_FILE": "/dev/null",
    }.items():
        monkeypatch.setenv(name, value)
    shared = boto3.DEFAULT_SESSION  # other tests in this process may have made one
    config = Config.model_validate({"tool": {"region": "eu-west-1"}})
    client = open_tool(config).tool._client  # noqa: SLF001 - the way around every method of ours
    with pytest.raises(NotForTheToolError):
        client.delete_workload(WorkloadId="0" * 32, ClientRequestToken="t")
    assert client.list_workloads()["WorkloadSummaries"] == []
    assert boto3.DEFAULT_SESSION is shared
