"""Every operation of docs/openapi.yaml, asked at random by schemathesis through the gateway: each answer is one that the contract promises.

Here what is at the borders of each schema; `make contract` goes on for minutes. LYCEUM_SEED repeats a run.
"""
import concurrent.futures
import os
import pathlib
import sys

import pytest
from contract import Contract
from world import World

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from asking import Asked, Manner, ask  # noqa: E402
from people import NAMES, People  # noqa: E402

# Of `make contract`, for what has no end.
SECONDS = int(os.environ.get("LYCEUM_CONTRACT_SECONDS", "0"))
SEED = int(os.environ.get("LYCEUM_SEED", "1"))
MANNERS = {Manner.BORDERS: 400} | ({Manner.ENDLESS: SECONDS} if SECONDS else {})
# Needs the token of a mail.
NEVER_GUESSED = {"POST /v1/users/verifications"}


@pytest.fixture(scope="module")
def asked(stack, tmp_path_factory) -> dict[tuple, Asked]:
    """What each person heard; two ask at a time."""
    people, folder = People(World(stack)), tmp_path_factory.mktemp("asked")

    def run(name: str) -> list[Asked]:
        person = people.person(name)
        return [ask(stack, person, manner, seconds, SEED, folder / f"{name}-{manner.name}") for manner, seconds in MANNERS.items()]

    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        return {(one.person, one.manner): one for heard in pool.map(run, NAMES) for one in heard}


@pytest.mark.parametrize("manner", MANNERS, ids=lambda manner: manner.name.lower())
@pytest.mark.parametrize("name", NAMES)
def test_every_answer_is_one_that_the_contract_promises(asked, name, manner, capsys):
    one = asked[name, manner]
    with capsys.disabled():
        print(f"\n  {one}")
    assert not one.faults, "\n".join(one.faults) + "\n" + one.output


def test_every_operation_was_asked_by_everybody(asked):
    for one in asked.values():
        assert one.report["operations"]["tested"] == len(Contract().operations), str(one)


def test_most_operations_succeed_for_somebody(asked):
    promised = {f"{one.method} {one.path}" for one in Contract().operations} - NEVER_GUESSED
    missed = promised.difference(*(one.succeeded for one in asked.values()))
    assert len(missed) < len(promised) / 2, missed
