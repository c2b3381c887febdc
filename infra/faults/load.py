"""Requests while something breaks: a few askers, each one request after the other, and everything that they were answered."""
import collections
import random
import threading
import time
from collections.abc import Callable

from answered import BROKEN, Answered
from client import Answer, StoryFailed

LONGEST_SECONDS = 180
"""No load goes on for longer, whatever becomes of the test that began it."""


class Load:
    """`with Load({"me": ask_me, …}, askers=8) as load:` asks until the block ends. What is asked is drawn from `seed`, the same for each run of it."""

    def __init__(self, questions: dict[str, Callable[[], Answer]], askers: int = 4, seed: int = 0, pause: float = 0):
        self.questions = questions
        self.results: list[Answered] = []
        self._stopping = threading.Event()
        self._pause = pause
        self._askers = [threading.Thread(target=self._ask, args=(random.Random(seed * 1000 + number),), daemon=True) for number in range(askers)]

    def __enter__(self) -> "Load":
        self._until = time.monotonic() + LONGEST_SECONDS
        for asker in self._askers:
            asker.start()
        return self

    def __exit__(self, *problem) -> None:
        self._stopping.set()
        for asker in self._askers:
            asker.join(60)

    def _ask(self, dice: random.Random) -> None:
        names = sorted(self.questions)
        while not self._stopping.is_set() and time.monotonic() < self._until:
            self.results.append(one := asked(name := dice.choice(names), self.questions[name]))
            # An asker that is refused at once is no busy loop.
            self._stopping.wait(max(self._pause, 0.05 if one.status == BROKEN else 0))

    def statuses(self, since: float = 0, until: float = float("inf")) -> collections.Counter:
        """How often which status, of the requests that began between two instants."""
        return collections.Counter(one.status for one in self.between(since, until))

    def between(self, since: float, until: float = float("inf")) -> list[Answered]:
        return [one for one in list(self.results) if since <= one.began < until]

    def served_since(self, since: float, refused: int = 503) -> float | None:
        """When the last of those that were refused after this instant had its answer, once each question has been answered well a few times since."""
        late = [one.ended for one in self.between(since) if one.status in (refused, BROKEN)]
        last = max(late, default=since)
        good = collections.Counter(one.name for one in self.between(last) if 200 <= one.status < 300)
        return last if all(good[name] >= 3 for name in self.questions) else None

    @property
    def slowest(self) -> float:
        return max((one.seconds for one in list(self.results)), default=0.0)

    def unexpected(self, *expected: int) -> list[Answered]:
        """What was answered otherwise: the first few, to be shown."""
        return [one for one in list(self.results) if one.status not in expected][:5]


def asked(name: str, question: Callable[[], Answer]) -> Answered:
    begin = time.monotonic()
    try:
        answer = question()
    except StoryFailed as broken:
        return Answered(begin, time.monotonic() - begin, BROKEN, name=name, text=str(broken)[:300])
    text = answer.body[:300].decode(errors="replace") if answer.status >= 400 else ""
    return Answered(begin, time.monotonic() - begin, answer.status, answer.headers.get("retry-after"), name, text)
