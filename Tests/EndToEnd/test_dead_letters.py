"""`lyceum events`: dead events are listed, shown, sent back and given up, and none is lost when that is cut short."""
import concurrent.futures
import json
import secrets
import signal

import pytest
from broker import Broker
from lyceum import Program
from waiting import until

QUEUE = "lyceum.search.index"
TYPE = "lyceum.course.updated.v1"
MANY = 60
SETTLE_SECONDS = 60


@pytest.fixture(scope="module")
def lyceum(stack) -> Program:
    return Program(stack, "lyceum")


def dead(lyceum: Program, *flags: str) -> list[dict]:
    done = lyceum.run("events", "dead", QUEUE, "--json", *flags)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def letters(stack, lyceum):
    """The ids of many dead events, of which nothing is left afterwards: a message that is no event dies at its consumer."""
    broker = Broker(stack)
    ids = [f"dead-{secrets.token_hex(6)}" for _ in range(MANY)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda one: broker.plant(one, TYPE, "no event"), ids))
    until("they are dead", lambda: len(dead(lyceum)) >= MANY, SETTLE_SECONDS)
    yield set(ids)
    lyceum.run("events", "discard", QUEUE, "--all", "--reason", "the test is over")


def test_dead_events_are_listed_shown_and_chosen(stack, lyceum, letters):
    assert {one["id"] for one in dead(lyceum)} == letters
    assert len(dead(lyceum, "--limit", "3")) == 3
    assert dead(lyceum, "--type", "lyceum.course.unlisted.v1") == []
    one = sorted(letters)[0]
    assert [letter["id"] for letter in dead(lyceum, "--id", one)] == [one]
    shown = json.loads(lyceum.run("events", "show", "search.index", one).stdout)
    assert (shown["id"], shown["type"], shown["reason"], shown["event"], shown["redriven"]) == (one, TYPE, "rejected", "no event", 0)
    assert lyceum.run("events", "show", "search.index", "another").returncode == 1
    overview = {line["queue"]: line for line in map(json.loads, lyceum.run("events", "dead", "--json").stdout.splitlines())}
    assert overview[QUEUE]["dead"] == MANY
    assert {"lyceum.courses.media", "lyceum.courses.enrollments", "lyceum.enrollments.courses", "lyceum.notifications.mail"} <= set(overview)


def test_a_redrive_that_is_killed_loses_nothing(lyceum, letters):
    for _ in range(3):
        process = lyceum.start("events", "redrive", QUEUE)
        process.stderr.readline()   # the first is on its way back
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=30)
    until("all are dead again", lambda: {one["id"] for one in dead(lyceum)} == letters, SETTLE_SECONDS)
    assert any(one["redriven"] > 0 for one in dead(lyceum))


def test_what_is_sent_back_is_told_with_its_sender(lyceum, letters):
    one = sorted(letters)[0]
    done = lyceum.run("events", "redrive", QUEUE, "--id", one)
    assert done.stdout == "1 sent back\n" and done.returncode == 0
    line = json.loads(done.stderr)
    assert line["by"] and (line["eventId"], line["queue"], line["type"]) == (one, QUEUE, TYPE)
    until("it died again", lambda: [letter["redriven"] for letter in dead(lyceum, "--id", one)] == [1], SETTLE_SECONDS)
    assert lyceum.run("events", "redrive", QUEUE, "--id", "another").returncode == 1


def test_what_is_given_up_is_kept_by_whoever_gives_it_up(lyceum, letters):
    assert lyceum.run("events", "discard", QUEUE, "--all").returncode == 2
    assert lyceum.run("events", "discard", QUEUE, "--reason", "why not").returncode == 2
    one = sorted(letters)[0]
    done = lyceum.run("events", "discard", QUEUE, "--id", one, "--reason", "written by a test")
    assert json.loads(done.stdout)["id"] == one and '"why":"written by a test"' in done.stderr
    until("it is gone", lambda: {letter["id"] for letter in dead(lyceum)} == letters - {one}, SETTLE_SECONDS)
    done = lyceum.run("events", "discard", QUEUE, "--all", "--limit", "5", "--reason", "written by a test")
    assert len(done.stdout.splitlines()) == 5
    until("five are gone", lambda: len(dead(lyceum)) == MANY - 6, SETTLE_SECONDS)


def test_a_queue_that_is_not_there_is_named(lyceum):
    done = lyceum.run("events", "dead", "search.indx")
    assert done.returncode == 1 and "lyceum.search.indx" in done.stderr and "events dead" in done.stderr
