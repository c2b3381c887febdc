"""What a few seconds of one thing gave, whatever made it: requests, transactions, hashes."""
import dataclasses
import os
import time

from .usage import CORES, Server, busy_seconds


class LoadFailed(Exception):
    """What was to be measured did not run, or was answered with errors."""


@dataclasses.dataclass(frozen=True)
class Measured:
    """What one load of a few seconds was answered."""

    requests: int
    rate: float
    """Requests a second."""
    p50: float
    p99: float
    """Milliseconds."""
    cpu: dict[str, float]
    """Microseconds of CPU a request, by the name of the server."""
    foreign: float
    """The share of the machine that neither wrk nor these servers took: the higher, the less the times are worth."""


class Watch:
    """Counts from its making on."""

    def __init__(self, servers: list[Server]):
        self.servers = servers
        self.begin = time.monotonic()
        self.before = [server.cpu for server in servers]
        self.busy = busy_seconds()
        self.own = _of_children()

    def measured(self, count: int, rate: float, p50: float = 0, p99: float = 0, own: dict[str, float] | None = None) -> Measured:
        """`own` is what who was measured says of its CPU itself."""
        spent = [server.cpu - early for server, early in zip(self.servers, self.before)]
        foreign = busy_seconds() - self.busy - sum(spent) - (_of_children() - self.own)
        cpu = (own or {}) | {server.name: used / count * 1e6 for server, used in zip(self.servers, spent)}
        return Measured(count, rate, p50, p99, cpu, max(0.0, foreign) / ((time.monotonic() - self.begin) * CORES))


def _of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system
