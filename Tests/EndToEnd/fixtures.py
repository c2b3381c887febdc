"""What the tests that talk to a running stack share; their conftest.py imports it by name."""
import os
from collections.abc import Iterator

import pytest
from broker import Broker, Overheard
from probes import Probe, probes_of
from stack import VARIABLES, Stack
from supervised import Supervised
from telling import Telling
from world import World


@pytest.fixture(scope="session")
def stack() -> Stack:
    if not any(os.environ.get(name) for name in VARIABLES):
        pytest.exit(f"{VARIABLES[0]} must name the stack.json of a stack that may be disturbed: `infra/test/run end-to-end` starts one", returncode=2)
    return Stack.named()


@pytest.fixture(scope="session")
def supervised(stack) -> Supervised:
    return Supervised(stack)


@pytest.fixture(scope="session")
def telling(stack) -> Telling:
    return Telling(stack)


@pytest.fixture(scope="session")
def story(telling):
    """The story, told to its end."""
    return telling.to_the_end()


@pytest.fixture(scope="session")
def world(stack) -> World:
    return World(stack)


@pytest.fixture(scope="module")
def probes(story) -> dict[str, Probe]:
    return probes_of(story)


@pytest.fixture(scope="session", autouse=True)
def overheard(stack) -> Iterator[Overheard]:
    """All events of this run, from before the first is told."""
    heard = Overheard(Broker(stack))
    yield heard
    heard.end()
