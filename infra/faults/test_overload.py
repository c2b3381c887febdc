"""Three times the load that fits: as much is answered as ever, in bounded time, and the rest is told at once to come back later."""
import dataclasses
import json
import statistics
import threading
import time
from collections.abc import Callable

import requests
from bench.usage import CORES, busy_seconds, cpu_seconds
from database import Database
from instance import Instance
from open_load import OpenLoad, Outcome
from stack import Stack

ACCOUNTS = 500
ROUNDS = 6
ROUND_SECONDS = 2
LONGEST_ROUND_SECONDS = 12
CONNECTIONS = 8
PLACES = 16
TIMES = 3
OFFERED = 4 * PLACES
"""So many requests at least make a storm: fewer find a place, however slow the machine is."""
LEAST = 0.8
MOST_IDLE = 0.1
PATIENCE_SECONDS = 0.1
"""How long a request waits at most for its turn."""
TIME_LIMIT_SECONDS = 9.9
"""One that had its turn has about so long: on a machine that is given to others some are refused for that, later."""


class Watching:
    """`with Watching(instance)`: asks the admin port all the while."""

    def __init__(self, instance: Instance):
        self.statuses: set[int] = set()
        self._instance, self._ends = instance, threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)

    def __enter__(self) -> "Watching":
        self._thread.start()
        return self

    def __exit__(self, *problem) -> None:
        self._ends.set()
        self._thread.join(60)

    def _ask(self) -> None:
        while not self._ends.wait(0.2):
            for path in ("/health/live", "/health/ready", "/metrics"):
                self.statuses.add(requests.get(self._instance.admin + path, timeout=30).status_code)


def accounts(stack: Stack, email: str) -> list[str]:
    """The addresses of accounts with the password of this one: an account by itself may be tried only so often at once."""
    rows = Database.of(stack, "users").rows(f"""
        with made as (
            insert into users (id, email, email_sent, verified_at, display_name, locale, state, created_at)
                select gen_random_uuid(), address, address, now(), 'One of many', 'en', 'active', now()
                from generate_series(1, {ACCOUNTS}) number, concat(number, gen_random_uuid(), '@example.org') address returning id, email),
        secrets as (
            insert into credentials select made.id, 'password', gen_random_uuid(), secret, now()
                from made, credentials join users on user_id = users.id where users.email = '{email}'),
        students as (insert into roles select id, 'student', now() from made)
        select email from made""")
    return [row[0] for row in rows]


def sign_in(email: str, password: str) -> bytes:
    body = json.dumps({"email": email, "password": password})
    return f"POST /v1/sessions HTTP/1.1\r\nhost: lyceum\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}".encode()


def three_times(load: OpenLoad, fits: float) -> Outcome:
    """Three times what fits, for longer where that is little."""
    rate = TIMES * fits
    return load.open(rate, min(LONGEST_ROUND_SECONDS, max(ROUND_SECONDS, OFFERED / rate)))


def shed(instance: Instance) -> int:
    page = requests.get(instance.admin + "/metrics", timeout=10).text
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in page.splitlines() if line.startswith("http_requests_shed_total{"))


@dataclasses.dataclass(frozen=True)
class Round:
    """A load, and what processors did meanwhile."""

    outcome: Outcome
    per_second: float
    """Good answers a second of CPU that the service was given."""
    idle: float
    """The share of the machine that nobody used."""

    @classmethod
    def of(cls, instance: Instance, load: Callable[[], Outcome]) -> "Round":
        begin, own, busy = time.monotonic(), cpu_seconds(instance.process.pid), busy_seconds()
        outcome = load()
        seconds, own = time.monotonic() - begin, cpu_seconds(instance.process.pid) - own
        return cls(outcome, len(outcome.good) / own, max(0.0, 1 - (busy_seconds() - busy) / seconds / CORES))


def half(rounds: list[Outcome]) -> float:
    """Milliseconds within which half of the good answers came."""
    return statistics.median(one.within(0.5) for one in rounds) * 1000


def test_three_times_the_load_that_fits_is_answered_at_four_fifths_of_the_peak_or_more(story, stack, tell):
    """Signing in: what a machine can do of it is bounded by its processors, in every build. Where other programs take them in one round and leave
    them in the next, what counts is what was made of those that were had, as long as none was idle."""
    with Instance(stack, "users", CONCURRENCY=str(PLACES), LIMIT_SIGN_IN="off") as instance, Watching(instance) as watching:
        load = OpenLoad(instance.url, [sign_in(email, story.student.password) for email in accounts(stack, story.student.email)])
        load.closed(CONNECTIONS, seconds=2)   # not counted: connections and statements are met for the first time
        calm: list[Round] = []
        stormy: list[Round] = []
        for _ in range(ROUNDS):
            calm.append(Round.of(instance, lambda: load.closed(CONNECTIONS, ROUND_SECONDS)))
            stormy.append(Round.of(instance, lambda: three_times(load, calm[-1].outcome.goodput)))
        counted = shed(instance)
        after = load.closed(CONNECTIONS, seconds=1)
    peaks, storms = ([one.outcome for one in rounds] for rounds in (calm, stormy))
    peak, goodput = (statistics.median(one.goodput for one in rounds) for rounds in (peaks, storms))
    of_cpu = statistics.median(one.per_second for one in stormy) / statistics.median(one.per_second for one in calm)
    idle = statistics.median(one.idle for one in stormy)
    offered = statistics.median(one.sent / one.seconds for one in storms)
    refused = [answer for storm in storms for answer in storm.answers if answer.status == 503]
    longest = PATIENCE_SECONDS + 3 * PLACES / goodput
    slowest = statistics.median(one.within(0.99) for one in storms)
    refusal = statistics.median(one.seconds for one in refused) * 1000
    tell(f"peak {peak:.0f} sign-ins a second with {CONNECTIONS} askers, half within {half(peaks):.0f} ms; {offered:.0f} a second offered: "
         f"{goodput:.0f} answered well, {goodput / peak:.2f} of the peak ({of_cpu:.2f} for the same CPU, {idle:.0%} of the machine idle), "
         f"half within {half(storms):.0f} ms, 99 % within {slowest * 1000:.0f} ms (at most {longest * 1000:.0f}); "
         f"{len(refused)} refused, half within {refusal:.0f} ms")
    for outcome in [*peaks, *storms, after]:
        assert outcome.unsent == 0 and len(outcome.answers) == outcome.sent
    for outcome in [*peaks, after]:
        assert set(outcome.statuses) == {201}, outcome.statuses
    for outcome in storms:
        assert set(outcome.statuses) <= {201, 503}, outcome.statuses
    # A storm after a round in which others had the machine may be none.
    assert sum(503 in outcome.statuses for outcome in storms) > ROUNDS / 2
    assert slowest <= longest
    assert all(answer.retry_after for answer in refused)
    assert counted == len([answer for answer in refused if answer.seconds < TIME_LIMIT_SECONDS])
    assert watching.statuses == {200}
    assert goodput >= LEAST * peak or (of_cpu >= LEAST and idle <= MOST_IDLE)
