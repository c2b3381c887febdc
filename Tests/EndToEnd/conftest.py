"""The stack that the tests talk to, and the story that several of them share."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(ROOT / "infra"), str(ROOT / "infra/demo")]

from fixtures import overheard, probes, stack, story, supervised, telling, world  # noqa: E402, F401

LAST = ["test_events", "test_contract_at_random", "test_indexer", "test_catalogue_import", "test_events_outlive_kills", "test_bad_days"]
"""What looks at all that was told, and what changes the stack for everybody, comes after all else."""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: LAST.index(item.module.__name__) if item.module.__name__ in LAST else -1)
