"""An emulated AWS over HTTP, emptied before each test, with one workload and a small lens of our own."""

import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from watool_world import ACCOUNT, REGION, World, small_world

from fixtures.moto_services import serving
from fixtures.wellarchitected.models import WellArchitectedBackend, wellarchitected_backends
from scanner.watool.client import Tool, connect


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
def url(server: str) -> str:
    reset(server)
    return server


def reset(server: str) -> None:
    request = urllib.request.Request(f"{server}/moto-api/reset", method="POST")  # noqa: S310 - our own server
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        assert answer.status == 200


@pytest.fixture
def session() -> Any:
    return boto3.session.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION)


@pytest.fixture
def tool(session: Any, url: str) -> Tool:
    return connect(session, endpoint_url=url)


@pytest.fixture
def client(session: Any, url: str) -> Any:
    """A person's own way to the Tool."""
    return session.client("wellarchitected", endpoint_url=url)


@pytest.fixture
def backend(url: str) -> WellArchitectedBackend:  # noqa: ARG001 - made by the server, emptied by `url`
    return wellarchitected_backends[ACCOUNT][REGION]


@pytest.fixture
def world(client: Any) -> World:
    return small_world(client)
