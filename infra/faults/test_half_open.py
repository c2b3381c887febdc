"""Peers that vanish without a word, and one that is there and says nothing: found in time, their descriptors given back."""
import dataclasses
import time
from collections.abc import Callable

import pytest
from client import Client
from crowd import Crowd
from fault_proxy import FaultProxy
from instance import Instance, environment_of
from load import Load, asked
from probes import all_fine, ask
from waiting import PATIENCE, until

ASKERS = 12
FOUND_SECONDS = 15
SETTLE_SECONDS = 30
TRIES_SECONDS = 15
"""The gateway's patience with a service: one long try, or two shorter ones."""


@dataclasses.dataclass(frozen=True)
class Peer:
    """A server that a service keeps connections to, and a request that needs them; `spare`: it is answered all the same without; `kept`: dead
    connections that no request uses and that its library keeps."""

    name: str
    service: str
    setting: str
    question: Callable
    spare: bool = False
    kept: int = 0


def my_courses(story, stack, url: str):
    client, crowd = Client(url), Crowd(stack)
    return lambda: client.ask("GET", "/v1/me/courses", tuple(range(200, 600)), token=crowd.student().token, quiet=True)


def course_page(story, stack, url: str):
    return lambda one=Client(url): ask(one, None, "GET", f"/v1/courses/{story.course.id}")


def draft(story, stack, url: str):
    return lambda one=Client(url): ask(one, story.instructor, "GET", f"/v1/courses/{story.course.id}/draft")


def lecture(story, stack, url: str):
    return lambda one=Client(url): ask(one, story.student, "GET", f"/v1/courses/{story.course.id}/lectures/{story.article}")


PEERS = [
    Peer("PostgreSQL", "enrollments", "ENROLLMENTS_POSTGRES_URL", my_courses),
    # libmongoc measures the round trip on a connection of its own, whose end it does not notice.
    Peer("MongoDB", "courses", "COURSES_MONGO_URL", draft, kept=1),
    Peer("RabbitMQ", "enrollments", "RABBITMQ_URL", my_courses, spare=True),
    Peer("Redis", "courses", "REDIS_URL", course_page, spare=True),
    Peer("another service", "courses", "ENROLLMENTS_URL", lecture),
]


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_that_vanished_is_found(peer, story, stack, probes, seed, tell):
    with FaultProxy(environment_of(stack)[f"LYCEUM_{peer.setting}"]) as proxy, Instance(stack, peer.service, **{peer.setting: proxy.url}) as instance:
        question = peer.question(story, stack, instance.url)
        with Load({peer.name: question}, askers=ASKERS, seed=seed) as load:
            until("connections are open", lambda: len(load.results) > 40 and proxy.alive > 0, SETTLE_SECONDS)
        assert set(load.statuses()) == {200}, load.unexpected(200)
        base, begin, gone = instance.descriptors, time.monotonic(), proxy.cut()
        with Load({peer.name: question}, askers=ASKERS, seed=seed, pause=0.02) as load:
            until(f"{gone} dead connections to {peer.name} are found", lambda: proxy.dead <= peer.kept, FOUND_SECONDS)
            found = time.monotonic() - begin
            served = until("requests are served again", lambda: load.served_since(begin), SETTLE_SECONDS) - begin
        assert set(load.statuses()) <= ({200} if peer.spare else {200, 503}), load.unexpected(200, 503)
        assert load.slowest < FOUND_SECONDS * PATIENCE
        until("as many connections as before", lambda: proxy.alive > 0, SETTLE_SECONDS)
        # Each asker may have come by one connection more than the time before.
        until(f"descriptors come back to {base}, and are {instance.descriptors}", lambda: instance.descriptors <= base + ASKERS, SETTLE_SECONDS)
        tell(f"{gone} connections to {peer.name} went dead: the last was found after {found:.1f} s, {load.statuses()[503]} of {len(load.results)} requests "
             f"refused, the last after {served:.1f} s")


def test_a_service_that_is_there_and_says_nothing_holds_nobody_up_for_long(story, probes, supervised, tell):
    all_fine(probes, "before")
    longest = {}
    with supervised.held("users"):
        for name in ["sign in", "me", "catalogue", "course page", "my courses", "progress"]:
            result = asked(name, probes[name].ask)
            longest[name] = result.seconds
            if name in ("sign in", "me"):
                assert result.status == 503 and result.retry_after, result
                assert result.seconds < (TRIES_SECONDS + 5) * PATIENCE, result
            else:
                assert result.status == probes[name].status, result
    all_fine(probes, "again")
    tell("users held: " + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in longest.items()))
