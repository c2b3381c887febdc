"""Every operation of docs/openapi.yaml, asked at random by schemathesis through the gateway: each answer is one that the contract promises.

A few seconds here; `make contract` asks for minutes. LYCEUM_CONTRACT_SEED repeats a run.
"""
import concurrent.futures
import os
import pathlib
import sys

import pytest
from contract import Contract
from world import World

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from asking import Asked, ask  # noqa: E402
from people import NAMES, People  # noqa: E402

SECONDS = int(os.environ.get("LYCEUM_CONTRACT_SECONDS", "25"))
SEED = int(os.environ.get("LYCEUM_CONTRACT_SEED", "1"))
# Seconds from which on a run is expected to reach the success of each operation.
LONG = 100
# Needs the token of a mail.
NEVER_GUESSED = {"POST /v1/users/verifications"}


@pytest.fixture(scope="module")
def asked(stack, tmp_path_factory) -> dict[str, Asked]:
    """What each person heard; two ask at a time when it takes minutes."""
    people, folder = People(World(stack)), tmp_path_factory.mktemp("asked")
    with concurrent.futures.ThreadPoolExecutor(max_workers=2 if SECONDS >= LONG else len(NAMES)) as pool:
        runs = {name: pool.submit(lambda name: ask(stack, people.person(name), SECONDS, SEED, folder / name), name) for name in NAMES}
        return {name: run.result() for name, run in runs.items()}


@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_one_that_the_contract_promises(asked, name, capsys):
    with capsys.disabled():
        print(f"\n  {asked[name]}")
    assert not asked[name].faults, "\n".join(asked[name].faults) + "\n" + asked[name].output


def test_every_operation_was_asked_and_in_minutes_each_succeeded_for_somebody(asked):
    promised = {f"{one.method} {one.path}" for one in Contract().operations}
    for one in asked.values():
        assert one.report["operations"]["tested"] == len(promised), one
    reached = set().union(*(one.succeeded for one in asked.values()))
    assert reached >= (promised - NEVER_GUESSED if SECONDS >= LONG else {"GET /v1/me", "GET /v1/courses", "POST /v1/courses"})
