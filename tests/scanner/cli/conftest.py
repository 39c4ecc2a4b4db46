"""Ledgerlane's account scanned once, and its flattering answers in the emulated Tool before each test."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from prefill_scene import REGION, Scene

from fixtures.demo import account
from fixtures.demo.scene import CLAIMS, CONFIG, FOLDER, answer_review, client_at
from fixtures.moto_services import install_standins
from fixtures.wellarchitected.models import wellarchitected_backends
from tests.cli import wafr
from tests.emulator import ACCOUNT, Emulator


@pytest.fixture(scope="session")
def scanned(server: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the demo's account, made as a user would."""
    folder = tmp_path_factory.mktemp("scanned")
    server.reset()
    install_standins(FOLDER / "standins")
    account.build(client_at(server.url))
    ran = wafr(
        "scan", "--config", CONFIG, "--claims", CLAIMS, "--out", "bundle", "--quiet",
        environment=server.environment, folder=folder,
    )  # fmt: skip
    assert ran.code == 0, ran.err
    server.reset()
    return folder / "bundle"


@pytest.fixture
def client(aws: Emulator) -> Any:
    """A person's own way to the Tool."""
    return aws.client("wellarchitected", REGION)


@pytest.fixture
def scene(aws: Emulator, client: Any, scanned: Path, tmp_path: Path) -> Scene:
    """The workload in the Tool with the team's answers, and a copy of the bundle beside a configuration."""
    shutil.copytree(scanned, tmp_path / "bundle")
    shutil.copy(CONFIG, tmp_path / "wafr.yaml")
    workload_id = answer_review(client)
    backend = wellarchitected_backends[ACCOUNT][REGION]
    backend.calls.clear()
    return Scene(tmp_path, aws.environment, client, backend, workload_id)
