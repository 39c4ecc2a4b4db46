"""What all tests share: an emulated AWS over HTTP, and a way to judge what a scan of it sees."""

from collections.abc import Iterator

import pytest

from tests.emulator import Emulator
from tests.faults import PLUGIN
from tests.proxy import Proxy


@pytest.fixture(scope="session")
def server() -> Iterator[Emulator]:
    """One emulated AWS per test process."""
    emulator = Emulator()
    emulator.start()
    yield emulator
    emulator.stop()


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
