"""A stack that may be broken, and what the faults say of themselves at the end. It shares its fixtures with the end-to-end tests."""
import json
import os
import pathlib
import pickle
import random
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(pathlib.Path(__file__).parent), str(ROOT / "Tests/EndToEnd"), str(ROOT / "infra"), str(ROOT / "infra/demo")]

import requests  # noqa: E402
from fixtures import probes, stack, supervised, telling, world  # noqa: E402, F401
from lyceum import Program  # noqa: E402
from story import Story  # noqa: E402
from waiting import until  # noqa: E402

SEED = int(os.environ.get("LYCEUM_SEED") or random.SystemRandom().randrange(1_000_000))
WHOLE_SECONDS = 120
TOLD: list[str] = []


@pytest.fixture
def seed() -> int:
    """What is drawn in this run is drawn from it (LYCEUM_SEED): the same seed, the same draws."""
    return SEED


@pytest.fixture
def tell():
    """tell(line): a figure that was measured; shown at the end, also of tests that passed."""
    return TOLD.append


@pytest.fixture(scope="session")
def story(stack, telling) -> Story:  # noqa: F811
    """Told once to a stack. The faults after the first find its people and things as they were; their tokens do not last that long."""
    kept = pathlib.Path(stack["directory"]) / "story.pickle"
    if kept.exists():
        told = pickle.loads(kept.read_bytes())
        told.student.sign_in(quiet=True)
        told.instructor.sign_in(quiet=True)
        return told
    told = telling.to_the_end()
    kept.write_bytes(pickle.dumps(told))
    return told


@pytest.fixture(autouse=True)
def whole(stack) -> None:  # noqa: F811
    """Each fault begins with a stack that is well: what the one before left is told here and not as the next one's failure."""
    for name, service in stack["services"].items():
        until(f"{name} is ready", lambda one=service: _is_ready(one["admin"]), WHOLE_SECONDS)
    lyceum = Program(stack, "lyceum")
    until("no event waits", lambda: _nothing_waits(lyceum), WHOLE_SECONDS)


def _is_ready(admin: str) -> bool:
    try:
        return requests.get(admin + "/health/ready", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def _nothing_waits(lyceum: Program) -> bool:
    done = lyceum.run("events", "dead", "--json")
    return done.returncode == 0 and all(json.loads(line)["waiting"] == 0 for line in done.stdout.splitlines())


def pytest_terminal_summary(terminalreporter) -> None:
    for line in [*TOLD, f"seed {SEED} (LYCEUM_SEED={SEED} repeats the draws)"]:
        terminalreporter.write_line(f"    {line}")
