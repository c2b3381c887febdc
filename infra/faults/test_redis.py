"""Redis flushed, killed, held and stopped under load: pages are made from the store meanwhile, slower; nobody is refused and nothing is lost."""
import os
import random
import statistics
import subprocess
import time
import urllib.parse
from collections.abc import Callable

import requests
from client import Answer, Client
from instance import Instance
from load import Load
from waiting import until

ASKED = ["catalogue", "course page", "search", "keys", "me", "my courses", "enrol", "progress", "playback", "draft"]
SETTLE_SECONDS = 60
AWAY_SECONDS = 3


def flush(stack) -> None:
    server = urllib.parse.urlsplit(stack["stores"]["redis"])
    environment = os.environ | {"REDISCLI_AUTH": urllib.parse.unquote(server.password or "")}
    done = subprocess.run(["redis-cli", "-h", server.hostname, "-p", str(server.port), "flushall"], env=environment, capture_output=True, text=True,
                          timeout=30)
    assert done.stdout.strip() == "OK", f"{done.stdout} {done.stderr}"


def looks(admin: str, outcome: str) -> float:
    """How often a process of courses has looked a page up in Redis and what came of it."""
    page = requests.get(admin + "/metrics", timeout=10).text
    start, found = "redis_cache_total{", f'outcome="{outcome}"'
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(start) and found in line)


def median_ms(load: Load, since: float, until_: float) -> float:
    return statistics.median([one.seconds for one in load.between(since, until_) if one.name == "course page"] or [0.0]) * 1000


def test_nobody_is_refused_for_want_of_redis(stack, probes, supervised, seed, tell):
    dice, told, courses = random.Random(seed), [], stack["services"]["courses"]["admin"]
    ways = ["flushed", "killed", "held", "stopped"] * 2
    dice.shuffle(ways)
    with Load({name: probes[name].ask for name in ASKED}, askers=6, seed=seed, pause=0.01) as load:
        until("the load runs", lambda: len(load.results) > 100, SETTLE_SECONDS)
        begin = time.monotonic()
        time.sleep(AWAY_SECONDS)
        told.append(f"course page with Redis {median_ms(load, begin, time.monotonic()):.1f} ms")
        for way in ways:
            begin = time.monotonic()
            if way == "flushed":
                flush(stack)
            elif way == "killed":
                supervised.kill("redis")
            elif way == "held":
                with supervised.held("redis"):
                    time.sleep(AWAY_SECONDS)
            else:
                with supervised.stopped("redis"):
                    time.sleep(AWAY_SECONDS)
            # Redis may be said to be away for a moment after it is back; then pages are kept again.
            before, back = looks(courses, "hit"), time.monotonic()
            until("pages come from Redis again", lambda since=before: looks(courses, "hit") > since + 5, SETTLE_SECONDS)
            told.append(f"{way} {median_ms(load, begin, time.monotonic() if way == 'flushed' else back):.1f} ms")
    assert set(load.statuses()) <= {200}, load.unexpected(200)
    tell(f"{len(load.results)} requests, none refused; the slowest {load.slowest:.1f} s; {', '.join(told)}")


def asking(instance: Instance, course: str) -> Callable[[], Answer]:
    client = Client(instance.url)
    return lambda: client.ask("GET", f"/v1/courses/{course}", tuple(range(200, 600)), quiet=True)


def test_a_flush_under_load_is_one_load_of_a_page(story, stack, seed, tell):
    """Many who miss at once wait for one look at the store. Asked of a process that keeps no pages itself: it would seldom look into Redis."""
    begin = time.monotonic()
    with Instance(stack, "courses", PAGE_FRESH="0") as instance, Load({"page": asking(instance, story.course.id)}, askers=12, seed=seed) as load:
        courses = instance.admin
        until("the page comes from Redis", lambda: looks(courses, "hit") > 50, SETTLE_SECONDS)
        costs = []
        for _ in range(5):
            missed = looks(courses, "miss")
            flush(stack)
            hits = looks(courses, "hit")
            until("the page comes from Redis again", lambda since=hits: looks(courses, "hit") > since + 50, SETTLE_SECONDS)
            costs.append(looks(courses, "miss") - missed)
    assert set(load.statuses()) == {200}, load.unexpected(200)
    # A page that is a minute old is made anew as well.
    assert min(costs) >= 1 and sum(costs) <= 5 + (time.monotonic() - begin) / 50, costs
    tell(f"{len(load.results)} course pages while Redis was flushed 5 times: made {sum(costs):.0f} times")
