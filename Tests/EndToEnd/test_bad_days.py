"""Each dependency stopped, one at a time: a clear 503 where it is needed, nothing elsewhere, and recovery without a restart of any service."""
import contextlib
import dataclasses
import pathlib
import secrets
import time
import urllib.parse

import pytest
from account import Account
from client import Client, StoryFailed
from course import Course
from maildir import Maildir
from probes import RECOVERY_SECONDS, Probe, all_fine, ask
from problems import refused
from supervised import Supervised
from waiting import PATIENCE, until

LONGEST_SECONDS = 10
"""No request waits longer than this for a dependency that is away."""


@dataclasses.dataclass(frozen=True)
class BadDay:
    """What must be 503 without a dependency, and what may be: answers that a cache may still give."""

    program: str
    missing: frozenset[str]
    perhaps: frozenset[str] = frozenset()


def day(program: str, missing: str = "", perhaps: str = "") -> BadDay:
    return BadDay(program, frozenset(filter(None, missing.split(", "))), frozenset(filter(None, perhaps.split(", "))))


DAYS = [
    day("redis"),
    day("rabbitmq"),
    day("fake-mail"),
    day("elasticsearch", "search"),
    day("postgres", "sign in, me, my courses, enrol, progress, asset, playback, register"),
    day("mongo", "draft, playback", "catalogue, course page"),
    day("search", "search"),
    day("enrollments", "my courses, enrol, progress, playback"),
    day("users", "sign in, me, register", "keys"),
    day("courses", "catalogue, course page, draft, playback"),
    day("delivery", "playback"),
    day("media", "asset"),
    day("notifications"),
    day("media-worker"),
]


@pytest.mark.parametrize("bad", DAYS, ids=lambda bad: bad.program)
def test_a_dependency_that_is_away_is_missed_only_where_it_is_needed(probes, supervised, bad):
    all_fine(probes, "before")
    pids = supervised.service_pids()
    with supervised.stopped(bad.program):
        # The second look finds pools whose connections were found dead by the first.
        for _ in range(2):
            for probe in probes.values():
                _look(probe, bad)
    all_fine(probes, f"again with {bad.program}")
    after = supervised.service_pids()
    assert {name: pid for name, pid in after.items() if name != bad.program} == {name: pid for name, pid in pids.items() if name != bad.program}


def _look(probe: Probe, bad: BadDay) -> None:
    begin = time.monotonic()
    answer = probe.ask()
    seconds = time.monotonic() - begin
    where = f"{probe.name} without {bad.program}: {answer.status} after {seconds:.1f} s: {answer.body[:300]!r}"
    assert seconds < LONGEST_SECONDS * PATIENCE, where
    if probe.name in bad.missing:
        assert answer.status == 503, where
        refused(answer, {503})
    elif answer.status == 503 and probe.name not in bad.perhaps:
        # A busy machine may be too slow for a caller's own time limit once; what is missed stays away for as long as the bad day lasts.
        until(where, lambda: probe.ask().status == probe.status, RECOVERY_SECONDS)
    elif probe.name not in bad.perhaps or answer.status != 503:
        assert answer.status == probe.status, where


@contextlib.contextmanager
def away(supervised: Supervised, probes: dict[str, Probe], program: str):
    all_fine(probes, "before")
    with supervised.stopped(program):
        yield


def test_an_object_store_that_is_gone_is_missed_only_where_a_stream_is_pulled(story, probes):
    """The folder is there no more: what the edge has it goes on giving, the origin is not ready, and the rest does not notice."""
    all_fine(probes, "before")
    delivery = story.stack["services"]["delivery"]
    origin, admin = Client(delivery["url"]), Client(delivery["admin"])
    segment = urllib.parse.urlsplit(story.segment).path
    store = pathlib.Path(story.stack["objectStore"])
    gone = store.rename(store.with_name(store.name + "-gone"))
    try:
        refused(ask(origin, None, "GET", segment), {503})
        assert ask(admin, None, "GET", "/health/ready").status == 503
        for probe in probes.values():
            _look(probe, day("the object store"))
    finally:
        gone.rename(store)
    until("the origin gives the segment again", lambda: ask(origin, None, "GET", segment).status == 200, RECOVERY_SECONDS)


def test_what_was_written_without_the_broker_is_told_when_it_is_back(story, probes, supervised):
    """An enrolment without RabbitMQ is taken; its mail and its count come later."""
    student = Account(story.client, Maildir(story.stack["mailbox"]), "Late Student").open()
    with away(supervised, probes, "rabbitmq"):
        student.ask("POST", "/v1/enrollments", 201, body={"courseId": story.course.id})
        student.ask("POST", f"/v1/lectures/{story.video}/playback", 200)
    student.mail.wait(student.email, story.title, RECOVERY_SECONDS)


def test_a_mail_waits_for_its_server(story, probes, supervised):
    account = Account(story.client, Maildir(story.stack["mailbox"]), "Patient Person")
    with away(supervised, probes, "fake-mail"):
        account.register()
    account.mail.wait(account.email, "token=", RECOVERY_SECONDS)
    account.confirm()
    account.sign_in()


def test_a_course_published_without_the_search_engine_is_found_later(story, probes, supervised):
    course = Course(story.instructor, f"Written in the dark {secrets.token_hex(4)}")
    course.create()
    course.add_lecture(course.add_section("One"), "article", "Words", article="Words.")
    course.edit(price={"amount": 1900, "currency": "EUR"}, categoryIds=["design"])
    with away(supervised, probes, "elasticsearch"):
        course.publish()
        refused(probes["search"].ask(), {503})
    until("the course is found", lambda: _finds(story.client, course), RECOVERY_SECONDS)


def _finds(client: Client, course: Course) -> bool:
    try:
        return course.id in [item["id"] for item in client.ask("GET", f"/v1/search?q={course.title}", quiet=True).json["items"]]
    except StoryFailed:
        return False
