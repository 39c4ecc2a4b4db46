"""Read-only, provably: what the guard lets out, who may call AWS at all, and that the printed policy is what a scan calls."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import boto3
import botocore.session
import pytest

from fixtures.demo import scene
from scanner.collect.budget import Budget
from scanner.collect.clients import CallSettings, Clients
from scanner.collect.guard import NEVER, REPORT_STARTERS, SIGN_IN, WAYFINDING, NotAReadError, is_read
from scanner.collect.permissions import policy, sends
from scanner.collect.plan import Plan
from scanner.evidence.actions import ALSO_SENDS, action_of, actions_of
from tests import models
from tests.broken import Fault
from tests.command import ROOT, patient, run
from tests.emulator import ACCOUNT, HOME, UNLIMITED, Emulator
from tests.faults import PLUGIN
from tests.proxy import Proxy, Rule
from tests.test_honesty_matrix import LENS, stage

PLAN = Plan(LENS.library.kinds)
POLICY = policy(PLAN)["Statement"][0]["Action"]
ACTIONS = {kind.read.api: action_of(kind.read) for kind in PLAN.kinds} | {
    operation: operation for also in ALSO_SENDS.values() for operation in also
}


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        ("iam", "delete_user", {"UserName": "u"}),
        ("s3", "put_bucket_policy", {"Bucket": "b-1", "Policy": "{}"}),
        ("ec2", "terminate_instances", {"InstanceIds": ["i-1"]}),
        ("kms", "schedule_key_deletion", {"KeyId": "k"}),
        ("secretsmanager", "get_secret_value", {"SecretId": "s"}),
        ("ssm", "get_parameters_by_path", {"Path": "/"}),
        ("s3", "get_object", {"Bucket": "b-1", "Key": "k"}),
        ("sts", "get_session_token", {}),
        ("dynamodb", "scan", {"TableName": "t-1"}),
        ("iam", "list_users", {}),  # a read, and not in this scan's plan
    ],
)
def test_what_is_no_read_of_the_plan_never_leaves_the_process(
    proxy: Proxy, service: str, operation: str, request_: dict[str, object]
) -> None:
    clients = Clients(
        boto3.Session(), HOME, frozenset({"kms:ListKeys"}), Budget(UNLIMITED, 0), CallSettings(attempts=1)
    )
    with pytest.raises(NotAReadError, match="it was not sent"):
        getattr(clients.client(service), operation)(**request_)
    clients.client("kms").list_keys()
    assert proxy.seen == {"kms:ListKeys": 1}


def services() -> list[str]:
    names: list[str] = botocore.session.Session().get_available_services()
    return names


def operations() -> Iterator[str]:
    loader = botocore.session.Session().get_component("data_loader")
    for service in services():
        for operation in loader.load_service_model(service, "service-2")["operations"]:
            yield f"{service}:{operation}"


def test_of_all_operations_of_aws_only_reads_may_be_sent() -> None:
    every = set(operations())
    allowed = {api for api in every if is_read(api)}
    verbs: dict[str, int] = defaultdict(int)
    for api in allowed - REPORT_STARTERS:
        name = api.partition(":")[2]
        verbs[next(verb for verb in ("BatchDescribe", "BatchGet", *VERBS) if name.startswith(verb))] += 1
    assert set(verbs) <= {"BatchDescribe", "BatchGet", *VERBS}
    assert len(allowed) < len(every) / 2
    assert {api for api in allowed if HANDS_OUT.search(api)} == KNOWN_TO_HAND_OUT_NOTHING
    misspelt = (NEVER | REPORT_STARTERS | WAYFINDING | SIGN_IN) - every
    assert misspelt == set()


HANDS_OUT = re.compile(r":(?:Batch)?Get\w*(?:Credential|Password|Token|SecretValue|Presigned|AccessKey)")
KNOWN_TO_HAND_OUT_NOTHING = {
    "bedrock-agentcore-control:GetApiKeyCredentialProvider",
    "bedrock-agentcore-control:GetOauth2CredentialProvider",
    "bedrock-agentcore-control:GetPaymentCredentialProvider",
    "bedrock-agentcore-control:GetTokenVault",
    "iam:GetAccessKeyLastUsed",
    "iam:GetAccountPasswordPolicy",
    "iam:GetCredentialReport",
    "iot-managed-integrations:GetCredentialLocker",
    "managedblockchain-query:BatchGetTokenBalance",
    "managedblockchain-query:GetTokenBalance",
    "sts:GetAccessKeyInfo",
    "waf-regional:GetChangeTokenStatus",
    "waf:GetChangeTokenStatus",
    "workmail:GetPersonalAccessTokenMetadata",
}
VERBS = ("Check", "Describe", "Estimate", "Get", "List", "Lookup", "Preview", "Query", "Scan", "Search", "Select", "Simulate", "Validate")  # fmt: skip

# Module → what it calls on a client of AWS. `*` is any operation, named by data: the plan's, which the guard checks, and the Tool's.
CALLERS = {
    "collect/clients.py": {"*", "can_paginate", "get_paginator"},
    "collect/reports.py": {
        "generate_credential_report",
        "generate_service_last_accessed_details",
        "get_credential_report",
        "get_service_last_accessed_details",
        "lookup_events",
    },
    "collect/targets.py": {"describe_regions", "get_caller_identity"},
    "deliver.py": {"get_object", "get_paginator", "publish", "put_events", "upload_file"},
    "watool/client.py": {"*"},
}
NO_CALL = {"close", "meta", "exceptions"}


def test_nobody_else_in_the_code_base_calls_aws() -> None:
    found = {}
    for path in sorted((ROOT / "scanner").rglob("*.py")):
        called = set(calls_on_clients(ast.parse(path.read_text(encoding="utf-8"))))
        if called:
            found[path.relative_to(ROOT / "scanner").as_posix()] = called
    assert found == CALLERS


def calls_on_clients(tree: ast.Module) -> Iterator[str]:
    """The methods called on anything that comes from `.client(…)`, or is called a client."""
    named = {"client", "_client", "s3", "sts"} | {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_client(node.value, frozenset())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    clients = frozenset(named)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        if isinstance(function, ast.Attribute) and is_client(function.value, clients) and function.attr not in NO_CALL:
            yield function.attr
        if isinstance(function, ast.Name) and function.id == "getattr" and is_client(node.args[0], clients):
            yield "*"  # called at once, or kept to be called


def is_client(node: ast.expr, names: frozenset[str]) -> bool:
    """Is this `….client(…)`, `….create_client(…)`, or a name (or attribute) that holds one?"""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in ("client", "create_client", "resource")
    if isinstance(node, ast.Attribute):
        return node.attr in names
    return isinstance(node, ast.Name) and node.id in names


def test_the_printed_policy_is_exactly_what_a_scan_calls(server: Emulator, fault_proxy: Proxy, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {**server.environment, **PLUGIN, "AWS_ENDPOINT_URL": fault_proxy.url}.items():
            environment.setenv(name, value)
        stage(server)
        forbidden = frozenset(all_but_the_policy())
        with fault_proxy.going_wrong(Rule(Fault.REFUSED, forbidden)):
            said = run("scan", "--config", scene.CONFIG, "--out", tmp_path / "bundle", "--format", "json")
            called = set(fault_proxy.seen)
            refused = fault_proxy.met
    assert refused == [], "with the printed policy, nothing is refused"
    assert [r["api"] for r in said.review["refusals"] if r["outcome"] == "denied"] == []
    assert called - {"sts:GetCallerIdentity", "ec2:DescribeRegions"} <= sends(PLAN)
    needed = {ACTIONS[operation] for operation in called if operation in ACTIONS} | {"ec2:DescribeRegions"}
    empty = {kind for kind in PLAN.kinds if kind.read.per is not None and kind.read.api not in called}
    assert set(POLICY) == needed | {action for kind in empty for action in actions_of(kind.read)}
    assert {kind.read.api for kind in PLAN.roots} <= called, "what needs no parent is always asked"


def all_but_the_policy() -> Iterator[str]:
    """Every operation of the services that a scan asks whose IAM action the policy does not grant."""
    for service in {api.partition(":")[0] for api in sends(PLAN)}:
        for operation in models.service(service).operation_names:
            api = f"{service}:{operation}"
            if ACTIONS.get(api, api) not in POLICY:
                yield api


def test_each_action_that_is_taken_away_is_named(proxy: Proxy, tmp_path: Path) -> None:
    named: dict[str, set[str]] = {}
    for operation in ("iam:GenerateCredentialReport", "iam:GetCredentialReport", "s3:ListBuckets", "kms:ListKeys"):
        folder = tmp_path / operation.partition(":")[2]
        service = operation.partition(":")[0]
        with proxy.going_wrong(Rule(Fault.REFUSED, frozenset({operation}))):
            said = run("scan", "--config", patient(tmp_path), "--service", service, "--out", folder, "--format", "json")
        named[operation] = {r["action"] for r in said.review["refusals"] if r["outcome"] == "denied"}
    report = {"iam:GenerateCredentialReport, iam:GetCredentialReport"}
    assert named == {
        "iam:GenerateCredentialReport": report,
        "iam:GetCredentialReport": report,
        "s3:ListBuckets": {"s3:ListAllMyBuckets"},
        "kms:ListKeys": {"kms:ListKeys"},
    }


ROLE = f"arn:aws:iam::{ACCOUNT}:role/scanner"


def test_a_session_policy_goes_with_the_role(proxy: Proxy, aws: Emulator, tmp_path: Path) -> None:
    from moto.sts.models import sts_backends

    narrow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["kms:List*"], "Resource": "*"}]}
    (tmp_path / "narrow.json").write_text(json.dumps(narrow, indent=2))
    said = run(
        *("scan", "--config", patient(tmp_path), "--check", "kms.keys_rotate", "--out", tmp_path / "bundle"),
        *("--role-arn", ROLE, "--external-id", "e-1", "--session-policy", tmp_path / "narrow.json", "--format", "json"),
    )
    assert said.code == 0, said.err
    (assumed,) = sts_backends[ACCOUNT]["aws"].assumed_roles
    assert (assumed.role_arn, assumed.external_id, json.loads(assumed.policy)) == (ROLE, "e-1", narrow)
    assert "assumed-role/scanner" in said.review["scan"]["caller"]
    assert proxy.seen["sts:AssumeRole"] == 1
    assert aws.url


@pytest.mark.parametrize(
    ("content", "more", "says"),
    [
        ("{}", (), "--session-policy narrows an assumed role: it needs --role-arn."),
        ("{", ("--role-arn", ROLE), "--session-policy {path}: Expecting property name enclosed in double quotes"),
        (None, ("--role-arn", ROLE), "--session-policy {path}: [Errno 2] No such file or directory"),
    ],
)
@pytest.mark.usefixtures("proxy")
def test_a_session_policy_that_cannot_be_used_is_a_usage_error(
    tmp_path: Path, content: str | None, more: tuple[str, ...], says: str
) -> None:
    path = tmp_path / "narrow.json"
    if content is not None:
        path.write_text(content)
    said = run("scan", "--config", patient(tmp_path), "--session-policy", path, "--out", tmp_path / "b", *more)
    assert said.code == 2
    assert said.err.startswith(f"wafr: {says.format(path=path)}")
    assert not (tmp_path / "b").exists()


def test_signing_in_with_a_web_identity_works(proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    (tmp_path / "token").write_text("a.b.c")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    said = run(
        *(
            "scan",
            "--config",
            patient(tmp_path),
            "--check",
            "kms.keys_rotate",
            "--out",
            tmp_path / "b",
            "--format",
            "json",
        )
    )
    assert said.code == 0, said.err
    assert proxy.seen[""] == 1, "the exchange of the token, whose client botocore makes without plugins"
