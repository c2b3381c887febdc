"""More requests than one asker after the other can send: over kept connections, at a rate that does not wait for answers (open), or as fast as they
come (closed). asyncio without a library in between: the asking must cost less than the answering."""
import asyncio
import collections
import dataclasses
import itertools
import urllib.parse
from collections.abc import Iterator

from answered import BROKEN, Answered

MOST_CONNECTIONS = 4000
LAST_SECONDS = 30
"""So long are answers awaited after the last request."""


@dataclasses.dataclass
class Outcome:
    """What a load was answered within its seconds, and after them."""

    seconds: float
    begin: float = 0
    """In the time of the answers."""
    sent: int = 0
    unsent: int = 0
    """Requests for which there was no connection left."""
    answers: list[Answered] = dataclasses.field(default_factory=list)

    @property
    def good(self) -> list[Answered]:
        return [one for one in self.answers if 200 <= one.status < 300]

    @property
    def goodput(self) -> float:
        """Good answers a second, until the last of them."""
        return len(self.good) / max([self.seconds, *(one.ended - self.begin for one in self.good)])

    @property
    def statuses(self) -> collections.Counter:
        return collections.Counter(one.status for one in self.answers)

    def within(self, share: float) -> float:
        """So many of the good answers took at most so many seconds."""
        times = sorted(one.seconds for one in self.good)
        return times[min(len(times) - 1, int(len(times) * share))] if times else float("inf")


class _Connection(asyncio.Protocol):
    """One request at a time."""

    def __init__(self, load: "OpenLoad"):
        self.load = load
        self.due: float | None = None
        self.buffer = b""
        self.is_open = True

    def connection_made(self, transport) -> None:
        self.transport = transport

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        end = self.buffer.find(b"\r\n\r\n")
        if end < 0 or self.due is None:
            return
        head = self.buffer[:end].lower() + b"\r\n"
        whole = end + 4 + int(_field(head, b"content-length") or 0)
        if len(self.buffer) < whole:
            return
        self.buffer = self.buffer[whole:]
        self._finish(int(head[9:12]), _field(head, b"retry-after"))

    def connection_lost(self, problem) -> None:
        self.is_open = False
        if self.due is not None:
            self._finish(BROKEN, None)

    def _finish(self, status: int, retry_after: str | None) -> None:
        answered = Answered(self.due, asyncio.get_running_loop().time() - self.due, status, retry_after)
        self.due = None
        self.load.answered(self, answered)


def _field(head: bytes, name: bytes) -> str | None:
    """A field of a head in small letters."""
    _, found, rest = head.partition(b"\r\n" + name + b":")
    return rest.partition(b"\r")[0].strip().decode() if found else None


class OpenLoad:
    """Sends what `requests` says, whole requests of HTTP/1.1 as bytes, in turn and from the first again."""

    def __init__(self, url: str, requests: list[bytes]):
        address = urllib.parse.urlsplit(url)
        self._address = (address.hostname, address.port)
        self._requests: Iterator[bytes] = itertools.cycle(requests)

    def closed(self, connections: int, seconds: float) -> Outcome:
        """Each connection asks again when it was answered."""
        return asyncio.run(self._closed(connections, seconds))

    def open(self, rate: float, seconds: float) -> Outcome:
        """So many a second, answered or not."""
        return asyncio.run(self._open(rate, seconds))

    def answered(self, connection: _Connection, answer: Answered) -> None:
        self._outcome.answers.append(answer)
        if not connection.is_open:
            self._count -= 1
        elif self._repeats and asyncio.get_running_loop().time() < self.end:
            self._send(connection, asyncio.get_running_loop().time())
        else:
            self._idle.append(connection)

    def _begin(self, seconds: float, repeats: bool) -> float:
        begin = asyncio.get_running_loop().time()
        self._outcome, self._idle, self._count, self._repeats = Outcome(seconds, begin), [], 0, repeats
        self.end = begin + seconds
        return begin

    async def _closed(self, connections: int, seconds: float) -> Outcome:
        begin = self._begin(seconds, repeats=True)
        await asyncio.gather(*(self._new(begin) for _ in range(connections)))
        return await self._ended()

    async def _open(self, rate: float, seconds: float) -> Outcome:
        begin = self._begin(seconds, repeats=False)
        loop, opening = asyncio.get_running_loop(), set()
        for number in range(int(rate * seconds)):
            due = begin + number / rate
            if due > loop.time():
                await asyncio.sleep(due - loop.time())
            elif number % 20 == 0:
                await asyncio.sleep(0)   # late: the answers have their turn all the same
            while self._idle and not self._idle[-1].is_open:
                self._idle.pop()
                self._count -= 1
            if self._idle:
                self._send(self._idle.pop(), due)
            elif self._count < MOST_CONNECTIONS:
                opening.add(task := asyncio.ensure_future(self._new(due)))
                task.add_done_callback(opening.discard)
            else:
                self._outcome.unsent += 1
        await asyncio.gather(*opening)
        return await self._ended()

    async def _new(self, due: float) -> None:
        self._count += 1
        _, connection = await asyncio.get_running_loop().create_connection(lambda: _Connection(self), *self._address)
        self._send(connection, due)

    def _send(self, connection: _Connection, due: float) -> None:
        self._outcome.sent += 1
        connection.send(next(self._requests), due)

    async def _ended(self) -> Outcome:
        loop = asyncio.get_running_loop()
        while len(self._outcome.answers) < self._outcome.sent and loop.time() < self.end + LAST_SECONDS:
            await asyncio.sleep(0.01)
        for connection in self._idle:
            connection.transport.abort()
        await asyncio.sleep(0)
        return self._outcome
