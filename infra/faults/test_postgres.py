"""PostgreSQL restarted, fast and immediate, and its sessions ended, under load: no stale connection, no half transaction, never a 500."""
import random
import signal
import time

import requests
from crowd import Enrolling
from database import Database
from load import Load
from probes import Probe
from waiting import until

RESTARTS = 5
SETTLE_SECONDS = 60
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
READS = ["me", "my courses", "asset"]
HALF = """
    select count(*) from enrollments e
    where not exists (select from grants g where (g.user_id, g.course_id) = (e.user_id, e.course_id))
       or not exists (select from outbox o where o.type = 'lyceum.enrollment.granted.v1'
                      and convert_from(o.payload, 'UTF8')::jsonb #>> '{data,userId}' = e.user_id::text
                      and convert_from(o.payload, 'UTF8')::jsonb #>> '{data,courseId}' = e.course_id::text)
"""


def all_whole(enrollments: Database, enrol: Enrolling) -> None:
    """Nobody who was told that he is enrolled is not; nobody is enrolled without a grant or an event."""
    known = {row[0] for row in enrollments.rows("select user_id from enrollments")}
    assert enrol.taken and set(enrol.taken) <= known, f"acknowledged and lost: {set(enrol.taken) - known}"
    assert enrollments.number(HALF) == 0


def retries(stack) -> float:
    """Reads that services made again on another connection, of all of them."""
    pages = [requests.get(one["admin"] + "/metrics", timeout=10).text for one in stack["services"].values()]
    lines = [line for page in pages for line in page.splitlines() if line.startswith('postgres_retries_total{reason="read"}')]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def test_restarts_under_load_lose_nothing_and_are_never_a_500(story, probes, supervised, stack, seed, tell):
    enrollments, enrol, dice = Database.of(stack, "enrollments"), Enrolling(stack, story.client, story.course.id), random.Random(seed)
    ways = [FAST, IMMEDIATE] * 3
    dice.shuffle(ways)
    questions = {name: probes[name].ask for name in [*READS, "progress"]} | {"enrol anew": enrol, "enrol another": enrol}
    back = []
    with Load(questions, askers=6, seed=seed, pause=0.01) as load:
        for number in ways[:RESTARTS]:
            time.sleep(dice.uniform(1.0, 2.0))
            supervised.end("postgres", number)
            until("PostgreSQL answers", lambda: enrollments.answers, SETTLE_SECONDS)
            begin = time.monotonic()
            back.append(until("all is served", lambda since=begin: load.served_since(since), SETTLE_SECONDS) - begin)
    statuses = load.statuses()
    assert set(statuses) <= {200, 201, 503}, load.unexpected(200, 201, 503)
    assert all(one.retry_after for one in load.results if one.status == 503)
    all_whole(enrollments, enrol)
    tell(f"{sum(statuses.values())} requests, {statuses[503]} of them 503 during {RESTARTS} restarts; the last refusal after each return: "
         + ", ".join(f"{seconds:.1f} s" for seconds in back) + f"; the slowest request {load.slowest:.1f} s; {len(enrol.taken)} enrollments, none lost, none half")


def test_no_dead_connection_is_served_after_a_restart_that_nobody_saw(stack, probes: dict[str, Probe], supervised):
    """Pools full of connections to a server that is gone: the first request after its return is answered as on a good day."""
    for number in (FAST, IMMEDIATE):
        for probe in probes.values():
            assert probe.ask().status == probe.status, probe.name
        supervised.end("postgres", number)
        until("PostgreSQL answers", lambda: Database.of(stack, "users").answers, SETTLE_SECONDS)
        for name in ["sign in", "me", "my courses", "enrol", "progress", "asset", "playback", "register"]:
            answer = probes[name].ask()
            assert answer.status == probes[name].status, f"{name}: {answer.status} {answer.body[:300]}"


def test_a_read_whose_connection_ends_under_it_is_made_again(story, stack, probes, seed, tell):
    """Every session of the services is ended, again and again, while they read: no caller notices."""
    server, dice, before = Database.of(stack, "users"), random.Random(seed), retries(stack)
    with Load({name: probes[name].ask for name in READS}, askers=6, seed=seed) as load:
        until("the load runs", lambda: len(load.results) > 50, SETTLE_SECONDS)
        ended = 0
        for _ in range(20):
            ended += server.number("select count(pg_terminate_backend(pid)) from pg_stat_activity where usename like 'lyceum\\_%'")
            time.sleep(dice.uniform(0.05, 0.4))
    assert set(load.statuses()) == {200}, load.unexpected(200)
    made_again = retries(stack) - before
    tell(f"{ended} sessions ended under {len(load.results)} reads: all answered, {made_again:.0f} of them by a second try")
    assert ended and made_again > 0


def test_a_write_whose_connection_ends_is_whole_or_not_there(story, stack, seed, tell):
    enrollments, enrol, dice = Database.of(stack, "enrollments"), Enrolling(stack, story.client, story.course.id), random.Random(seed)

    with Load({"enrol": enrol}, askers=6, seed=seed) as load:
        for _ in range(20):
            time.sleep(dice.uniform(0.05, 0.3))
            enrollments.rows("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'lyceum_enrollments'")
    assert set(load.statuses()) <= {201, 503}, load.unexpected(201, 503)
    all_whole(enrollments, enrol)
    tell(f"{len(load.results)} enrolments while sessions ended: {load.statuses()[503]} refused with 503, none half")
