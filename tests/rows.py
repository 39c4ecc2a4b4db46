"""Rows through real clients: tests have seen each control hold, fail and not apply.

`pytest --rows='rds.*'` tells of what no test has seen, and fails; `make test` asks it of every control.
"""

from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

import pytest

from scanner.judge.discover import discover

ROWS = pytest.StashKey[set[tuple[str, str]]]()
LACKING = pytest.StashKey[list[str]]()
VERDICTS = ("holds", "fails", "not applicable")
# The verdicts that controls cannot give: verdict, reason, controls.
NEVER: tuple[tuple[str, str, frozenset[str]], ...] = (
    (
        "not applicable",
        "asked of every account or region: that there is none is the failure",
        frozenset(
            {
                "accessanalyzer.outside_access_is_looked_for",
                "accessanalyzer.unused_access_is_looked_for",
                "account.a_billing_contact_is_set",
                "account.a_security_contact_is_set",
                "account.an_operations_contact_is_set",
                "cloudtrail.a_trail_covers_every_region",
                "cloudtrail.a_trail_records_this_region",
                "config.changes_are_recorded",
                "config.encryption_is_judged_by_a_rule",
                "config.rules_judge_resources",
                "config.something_judges_controls",
                "config.users_and_roles_are_recorded",
                "guardduty.threats_are_looked_for",
                "inspector2.something_follows_threats",
                "inventory.every_data_store_is_judged",
                "organizations.the_organization_has_all_features",
                "s3.account_blocks_public_access",
                "securityhub.findings_come_together",
                "support.aws_answers_urgent_cases",
            }
        ),
    ),
    (
        "not applicable",
        "a setting of the region, which AWS tells of every region",
        frozenset(
            {
                "ec2.the_serial_console_is_off",
            }
        ),
    ),
    (
        "not applicable",
        "asked of the account, whoever is in it: every account has a root user",
        frozenset(
            {
                "changes.the_root_user_makes_no_calls",
                "iam.emergency_access_is_prepared",
                "iam.nobody_has_all_of_cloudshell",
                "iam.responders_can_take_a_role",
                "iam.root_has_no_access_keys",
                "iam.root_is_not_used",
                "iam.somebody_may_open_support_cases",
            }
        ),
    ),
    (
        "fails",
        "AWS encrypts every one; the control says by which key",
        frozenset({"fsx.file_systems_are_encrypted", "kafka.clusters_are_encrypted", "s3.new_objects_are_encrypted"}),
    ),
    (
        "fails",
        "CreateTargetGroup: for these kinds of target it cannot be disabled",
        frozenset({"elbv2.targets_are_checked_for_health"}),
    ),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rows", metavar="GLOB", help="fail where no test saw these controls hold, fail and not apply")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = set()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A process of xdist's has ended, and says what its tests saw."""
    node.config.stash[ROWS] |= {(check, verdict) for check, verdict in node.workeroutput.get("rows", ())}


def pytest_sessionfinish(session: pytest.Session) -> None:
    config, glob = session.config, session.config.getoption("--rows")
    seen = config.stash[ROWS]
    if hasattr(config, "workeroutput"):
        config.workeroutput["rows"] = sorted(seen)
    elif glob and session.exitstatus == pytest.ExitCode.OK:
        config.stash[LACKING] = list(lacking(glob, seen))
        if config.stash[LACKING]:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    missing = config.stash.get(LACKING, [])
    if missing:
        terminalreporter.section(f"{len(missing)} controls lack a row through real clients")
        for line in missing:
            terminalreporter.write_line(line)


def lacking(glob: str, seen: set[tuple[str, str]]) -> Iterator[str]:
    """A line for each control, and the verdicts that no test saw it give; and for each that gave one it is said not to give."""
    never = {(check, verdict) for verdict, _, checks in NEVER for check in checks}
    for id_, verdict in sorted(never & seen):
        yield f"{id_}: was seen to be {verdict!r}, and stands in NEVER"
    for check in discover().checks.values():
        if check.role == "check" and fnmatch(check.id, glob):
            missing = [verdict for verdict in VERDICTS if (check.id, verdict) not in seen | never]
            if missing:
                yield f"{check.id}: {', '.join(missing)}"
