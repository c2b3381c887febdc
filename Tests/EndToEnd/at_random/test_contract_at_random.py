"""Every operation of docs/openapi.yaml, asked at random by schemathesis through the gateway: each answer is one that the contract promises.

Here what is at the borders of each schema; `make contract` goes on for minutes. LYCEUM_SEED repeats a run.
"""
import concurrent.futures
import os
import pathlib
import sys

import pytest
from contract import Contract

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from asking import Asked, Manner, ask  # noqa: E402
from people import NAMES, People  # noqa: E402

# Of `make contract`, for what has no end.
SECONDS = int(os.environ.get("LYCEUM_CONTRACT_SECONDS", "0"))
SEED = int(os.environ.get("LYCEUM_SEED", "1"))
MANNERS = {Manner.BORDERS: 400} | ({Manner.ENDLESS: SECONDS} if SECONDS else {})


@pytest.fixture(scope="module")
def asked(stack, tmp_path_factory) -> dict[tuple, Asked]:
    """What each person heard; two ask at a time."""
    people, folder = People(stack), tmp_path_factory.mktemp("asked")

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


def test_the_example_of_each_operation_does_for_somebody_what_it_is_for(asked):
    """Of an operation that takes nothing there are no examples, and one request alone."""
    operations = Contract().operations
    takes_nothing = {f"{one.method} {one.path}" for one in operations if not one.parameters and "requestBody" not in one.text}
    done = set().union(*(one.came_true | (one.succeeded & takes_nothing) for one in asked.values()))
    assert {f"{one.method} {one.path}" for one in operations} - done == set()
