"""What must hold after a storm of kills, however many there were."""
import json
import pathlib
import time

from event_storm import CONSUMERS, Plan, Storm
from lyceum import Program
from stack import Stack
from supervised import Supervised

SETTLE_SECONDS = 150
POISON = "poison"


def tell_storm(stack: Stack, supervised: Supervised, plan: Plan, seed: int, folder: pathlib.Path) -> str:
    """The whole of it: kills, then every event at every consumer once and in order, but for the poison, which lies dead until it is sent back."""
    begin = time.monotonic()
    with Storm(stack, supervised, plan, seed, folder) as storm:
        storm.rage()
        raged = time.monotonic()
        assert sum(storm.told().values()) == plan.changes
        storm.until("all is applied but the poison", lambda: all(storm.count(name) >= plan.changes - (name == "ledger") for name in CONSUMERS), SETTLE_SECONDS)
        applied = time.monotonic()
        lyceum = Program(stack, "lyceum", {"LYCEUM_EVENTS_PREFIX": storm.name})
        storm.until("the poison is dead", lambda: dead(lyceum, "ledger"), SETTLE_SECONDS)
        letters = dead(lyceum, "ledger")
        assert [(one["subject"], one["reason"], one["redriven"]) for one in letters] == [(POISON, "delivery_limit", 0)]
        assert dead(lyceum, "bulk") == dead(lyceum, "archive") == []
        assert POISON not in storm.effects("ledger")
        storm.cure.touch()
        done = lyceum.run("events", "redrive", "storm.ledger", "--id", letters[0]["id"])
        assert done.returncode == 0 and done.stdout == "1 sent back\n", done
        storm.until("the poison is applied", lambda: storm.count("ledger") >= plan.changes, SETTLE_SECONDS)
        expected = {subject: list(range(1, last + 1)) for subject, last in storm.told().items()}
        for consumer in CONSUMERS:
            assert storm.effects(consumer) == expected, f"{consumer} lost, doubled or reordered something"
        storm.until("nothing waits to be published", lambda: storm.unpublished() == 0, SETTLE_SECONDS)
        assert dead(lyceum, "ledger") == []
        crashes = storm.crashes
        assert all(crashes[f"consume {name}"] for name in ["ledger"])
        return (f"{plan.changes} events of {len(expected)} subjects at {len(CONSUMERS)} consumers, each once and in order, through "
                f"{storm.broker_kills} kills of the broker and " + ", ".join(f"{count} of {name}" for name, count in crashes.items())
                + f"; {raged - begin:.0f} s of kills, all applied {applied - raged:.0f} s after them")


def dead(lyceum: Program, consumer: str) -> list[dict]:
    done = lyceum.run("events", "dead", f"storm.{consumer}", "--json")
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
