"""The broker away for a minute: every write is answered, and what was not told meanwhile is told within a minute of its return."""
import socket
import time
import urllib.parse

from crowd import Enrolling
from database import Database
from load import Load
from waiting import PATIENCE, until

AWAY_SECONDS = 60
DRAIN_SECONDS = 60
START_SECONDS = 120
UNPUBLISHED = "select count(*) from outbox where published_at is null"
HEARD = "select count(*) from deliveries where kind = 'welcome-to-course'"


def is_there(url: str) -> bool:
    server = urllib.parse.urlsplit(url)
    try:
        with socket.create_connection((server.hostname, server.port), timeout=2) as connection:
            # The broker tells which protocol it speaks to whoever names none that it knows.
            connection.sendall(b"hello...")
            return connection.recv(4) == b"AMQP"
    except OSError:
        return False


def test_writes_are_answered_and_the_backlog_drains(story, stack, probes, supervised, seed, tell):
    enrollments, notifications = Database.of(stack, "enrollments"), Database.of(stack, "notifications")
    enrol = Enrolling(stack, story.client, story.course.id)
    granted = enrollments.number("select count(*) from grants")
    heard = notifications.number(HEARD)
    with supervised.stopped("rabbitmq"):
        with Load({"enrol": enrol, "progress": probes["progress"].ask}, askers=3, seed=seed, pause=0.05) as load:
            time.sleep(AWAY_SECONDS)
        backlog = enrollments.number(UNPUBLISHED)
    assert set(load.statuses()) <= {200, 201}, load.unexpected(200, 201)
    new = enrollments.number("select count(*) from grants") - granted
    assert new >= len(enrol.taken) > 0 and backlog >= len(enrol.taken)
    until("the broker answers", lambda: is_there(stack["stores"]["rabbitmq"]), START_SECONDS)
    back = time.monotonic()
    until("the outbox is empty", lambda: enrollments.number(UNPUBLISHED) == 0, DRAIN_SECONDS)
    drained = time.monotonic() - back
    until("each is heard, once", lambda: notifications.number(HEARD) - heard == new, DRAIN_SECONDS)
    tell(f"{len(load.results)} writes without the broker, all answered, the slowest in {load.slowest:.1f} s; {backlog} events waited, "
         f"published {drained:.1f} s after its return and heard after {time.monotonic() - back:.1f} s (bound {DRAIN_SECONDS * PATIENCE:g} s)")
