"""The stack that the tests talk to, and the story that several of them share."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(ROOT / "infra"), str(ROOT / "infra/demo")]

from stack import VARIABLES, Stack  # noqa: E402
from telling import Telling  # noqa: E402
from world import World  # noqa: E402

LAST = ["test_indexer", "test_catalogue_import", "test_bad_days"]
"""What changes the stack for everybody comes after all else."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LAST.index(item.module.__name__) if item.module.__name__ in LAST else -1)


@pytest.fixture(scope="session")
def stack() -> Stack:
    if not any(os.environ.get(name) for name in VARIABLES):
        pytest.exit(f"{VARIABLES[0]} must name the stack.json of a stack that may be disturbed: `infra/test/run end-to-end` starts one", returncode=2)
    return Stack.named()


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
