"""docs/prefill.md says what the code does: the policy, the configuration, the exit codes and the commands."""

import json
import re
from pathlib import Path

import typer.main
from ruamel.yaml import YAML

from scanner.cli.common import Exit
from scanner.cli.main import app
from scanner.config import Config, ToolConfig, load_config
from scanner.watool.guard import READS, WRITES
from scanner.watool.workloads import WorkloadSpec, spec_of

PAGE = (Path(__file__).parents[3] / "docs" / "prefill.md").read_text(encoding="utf-8")


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_policy_is_what_the_guard_lets_pass() -> None:
    read, write = json.loads(block("json"))["Statement"]
    assert read["Action"] == [f"wellarchitected:{operation}" for operation in sorted(READS)]
    assert write["Action"] == [f"wellarchitected:{operation}" for operation in sorted(WRITES)]


def test_the_configuration_is_one() -> None:
    config = Config.model_validate(YAML(typ="safe", pure=True).load(block("yaml")))
    assert set(ToolConfig.model_fields) - config.tool.model_fields_set == {"profile"}
    assert spec_of(config) == WorkloadSpec(
        name="Ledgerlane production",
        description="Ledgers for everybody",
        environment="PRODUCTION",
        review_owner="owner@example.com",
        regions=("eu-west-1", "eu-central-1"),
        accounts=("123456789012",),
        tags={"team": "ledger"},
    )


def test_the_exit_codes_are_those_of_the_product() -> None:
    table = PAGE.partition("## Exit codes")[2].partition("## ")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == set(Exit) - {Exit.GATE}


def test_the_commands_exist() -> None:
    commands = typer.main.get_command(app)
    for line in re.findall(r"^\$ wafr (.*)$", block("console"), re.MULTILINE):
        found = commands
        for word in line.split():
            inner = getattr(found, "commands", None)
            if inner is None:
                break
            assert word in inner, line
            found = inner[word]
        options = {option for parameter in found.params for option in parameter.opts}
        assert set(re.findall(r" (--[a-z-]+)", line.partition("#")[0])) <= options, line


def test_flags_come_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "wafr.yaml"
    file.write_text("tool: {region: eu-west-1, workload: filed, role_arn: filed}\n")
    environment = {"WAFR_TOOL_REGION": "eu-west-2", "WAFR_TOOL_WORKLOAD": "set"}
    config = load_config(file, {"tool.region": "eu-west-3", "tool.profile": None}, environment)
    assert config.tool == ToolConfig(region="eu-west-3", workload="set", role_arn="filed")
    assert load_config(None, {}, {"WAFR_TOOL_PROFILE": "p"}).tool == ToolConfig(profile="p")
