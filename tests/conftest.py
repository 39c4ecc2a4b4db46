"""What all tests share: an emulated AWS over HTTP, and a way to judge what a scan of it sees."""

import gc
from collections.abc import Iterator
from functools import cache

import botocore.session
import pytest
from botocore.loaders import create_loader

from fixtures.demo.scene import FOLDER as DEMO
from fixtures.moto_services import install, install_standins
from fixtures.standins.backend import forget, prepared, restore
from fixtures.standins.prepared import ServiceFile
from tests.emulator import Emulator
from tests.faults import PLUGIN
from tests.proxy import Proxy
from tests.rows import (
    ROWS,
    pytest_addoption,
    pytest_configure,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)

__all__ = (
    "pytest_addoption",
    "pytest_configure",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
)


@pytest.fixture(scope="session", autouse=True)
def models() -> None:
    """botocore's session reads the models of AWS's services anew; tests make hundreds of sessions, so one loader serves them all."""
    botocore.session.create_loader = cache(create_loader)


@pytest.fixture(scope="session", autouse=True)
def prepared_answers() -> dict[str, ServiceFile]:
    """What is prepared for every test. moto looks a service's paths up once, so those that the demo adds come before all."""
    install()
    before = prepared()
    install_standins(DEMO / "standins")
    restore(before)
    return before


@pytest.fixture(scope="module", autouse=True)
def answers(prepared_answers: dict[str, ServiceFile]) -> Iterator[None]:
    """What a module prepares ends with it."""
    yield
    restore(prepared_answers)
    forget()


@pytest.fixture(scope="session", autouse=True)
def garbage() -> None:
    """With moto and AWS's models in it a process takes more than a second to look through all that it holds for garbage, and
    Python does so every few tests: let it do so seldom."""
    gc.set_threshold(50_000, 20, 100)


@pytest.fixture(scope="session")
def server(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    """One emulated AWS per test process."""
    emulator = Emulator()
    emulator.start()
    yield emulator
    emulator.stop()
    pytestconfig.stash[ROWS] |= emulator.rows


@pytest.fixture
def aws(server: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """An empty account. Credentials and endpoint stand in the environment, as a user's would."""
    server.reset()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server


@pytest.fixture(scope="session")
def fault_proxy(server: Emulator) -> Iterator[Proxy]:
    """One proxy per test process; nothing goes wrong until a test says so."""
    proxy = Proxy(server.address)
    proxy.start()
    yield proxy
    proxy.stop()


@pytest.fixture
def proxy(aws: Emulator, fault_proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Proxy:
    """An empty account behind the proxy."""
    assert aws.url
    for name, value in {**PLUGIN, "AWS_ENDPOINT_URL": fault_proxy.url}.items():
        monkeypatch.setenv(name, value)
    fault_proxy.forget()
    return fault_proxy
