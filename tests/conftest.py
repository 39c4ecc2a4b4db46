"""What all tests share: an emulated AWS over HTTP, and a way to judge what a scan of it sees."""

from collections.abc import Iterator

import pytest

from tests.emulator import Emulator


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
