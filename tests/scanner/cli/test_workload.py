"""`wafr workload`: shown first, created once, found again; with a role other than the scan's."""

from pathlib import Path
from typing import Any

import pytest
from prefill_scene import REGION, Scene, house_lens

from fixtures.wellarchitected.models import wellarchitected_backends
from tests.emulator import ACCOUNT, Emulator

OTHER_ACCOUNT = "111122223333"
CONFIG = f"""\
workload: {{name: Web shop, environment: preproduction, regions: [eu-west-1, eu-central-1]}}
tool:
  region: {REGION}
  description: Sells things
  review_owner: owner@example.com
  accounts: ["{ACCOUNT}"]
  tags: {{team: shop}}
"""


@pytest.fixture
def shop(aws: Emulator, client: Any, tmp_path: Path) -> Scene:
    (tmp_path / "wafr.yaml").write_text(CONFIG)
    backend = wellarchitected_backends[ACCOUNT][REGION]
    return Scene(tmp_path, aws.environment, client, backend, "")


def test_a_workload_is_shown_then_created_once_then_found(shop: Scene) -> None:
    shown = shop.wafr("workload", "create")
    assert (shown.code, shown.out.splitlines()) == (
        0,
        [
            f"To create in {REGION}:",
            "  WorkloadName: Web shop",
            "  Description: Sells things",
            "  Environment: PREPRODUCTION",
            "  ReviewOwner: owner@example.com",
            "  AwsRegions: eu-west-1, eu-central-1",
            "  Lenses: wellarchitected",
            f"  AccountIds: {ACCOUNT}",
            "  Tags: {'team': 'shop'}",
            "Nothing was written. Run it again with --yes.",
        ],
    )
    assert "CreateWorkload" not in shop.backend.calls
    made = shop.said("workload", "create", "--yes")
    assert (made["done"], made["lenses_added"], made["workload"]["name"]) == (True, ["wellarchitected"], "Web shop")
    again = shop.said("workload", "create", "--yes")
    assert again == {"workload": made["workload"], "lenses_added": [], "done": False}
    assert shop.said("workload", "list") == [made["workload"]]
    found = shop.client.get_workload(WorkloadId=made["workload"]["id"])["Workload"]
    assert (found["AwsRegions"], found["Tags"]) == (["eu-west-1", "eu-central-1"], {"team": "shop"})
    assert shop.wafr("workload", "list").out.endswith(f"1 workload in {REGION}\n")


def test_lenses_that_are_missing_are_put_on_it(shop: Scene) -> None:
    made = shop.said("workload", "create", "--yes")["workload"]
    arn = house_lens(shop.client)
    (shop.folder / "wafr.yaml").write_text(CONFIG + f"  lenses: [wellarchitected, '{arn}']\n")
    assert f"Lenses to put on it: {arn}\nNothing was written." in shop.wafr("workload", "create").out
    assert "AssociateLenses" not in shop.backend.calls
    added = shop.said("workload", "create", "--yes")
    assert (added["lenses_added"], set(added["workload"]["lenses"])) == ([arn], {"wellarchitected", arn})
    assert added["workload"]["id"] == made["id"]


def test_the_tool_is_used_with_a_role_of_its_own(shop: Scene) -> None:
    role = f"arn:aws:iam::{OTHER_ACCOUNT}:role/reviewer"
    made = shop.said("workload", "create", "--yes", "--role-arn", role, "--external-id", "secret")
    assert made["workload"]["arn"].startswith(f"arn:aws:wellarchitected:{REGION}:{OTHER_ACCOUNT}:workload/")
    assert shop.said("workload", "list") == []
    (shop.folder / "wafr.yaml").write_text(f"role_arn: ['{role}']\n" + CONFIG)
    assert shop.said("workload", "list") == [], "the scan's role is never used for the Tool"


def test_what_the_tool_would_not_take_is_named(shop: Scene) -> None:
    (shop.folder / "wafr.yaml").write_text(CONFIG.replace("  description: Sells things\n", ""))
    ran = shop.wafr("workload", "create", "--yes")
    says = "tool.description: String should have at least 3 characters. The Well-Architected Tool asks for it."
    assert (ran.code, ran.err) == (2, f"wafr: {says}\n")
    assert shop.backend.calls == []
