"""Who is measured beside whom: short rounds in turn, so that all of them have the same minute, and medians of these rounds."""
import dataclasses
import pathlib
import statistics
from collections.abc import Callable

from . import wrk
from .measuring import Measured
from .usage import Server
from .wrk import Load

PRODUCT = "Lyceum"
WARM_UP = 0
"""The number of the round that does not count."""


@dataclasses.dataclass
class Contender:
    """One that is measured."""

    name: str
    measure: Callable[[int, int], Measured]
    """Runs a round of this number for so many seconds; round 0 is the warm-up."""

    @classmethod
    def asked(cls, name: str, scratch: pathlib.Path, servers: list[Server], load: Callable[[int], Load],
              before: Callable[[], None] = lambda: None) -> "Contender":
        """A server under wrk. `servers` are whose CPU is counted, first the one that is asked; `before` is done off the clock."""
        def measure(number: int, seconds: int) -> Measured:
            before()
            return wrk.run(load(number), seconds, servers, scratch)
        return cls(name, measure)


@dataclasses.dataclass
class Row:
    """The medians of a contender's rounds."""

    name: str
    rate: float
    p50: float
    p99: float
    cpu: dict[str, float]
    """Microseconds a request, by server."""
    foreign: float
    rounds: list[Measured]

    @property
    def own_cpu(self) -> float:
        return next(iter(self.cpu.values()), 0.0)


@dataclasses.dataclass
class Comparison:
    title: str
    contenders: list[Contender]

    def run(self, rounds: int, seconds: int) -> list[Row]:
        measured: dict[str, list[Measured]] = {contender.name: [] for contender in self.contenders}
        for number in range(rounds + 1):
            for contender in self.contenders:
                result = contender.measure(number, 1 if number == WARM_UP else seconds)
                if number != WARM_UP:
                    measured[contender.name].append(result)
        return [row(name, results) for name, results in measured.items()]


def row(name: str, results: list[Measured]) -> Row:
    def median(of: Callable[[Measured], float]) -> float:
        return statistics.median(of(result) for result in results)
    cpu = {server: median(lambda result, server=server: result.cpu[server]) for server in results[0].cpu}
    return Row(name, median(lambda r: r.rate), median(lambda r: r.p50), median(lambda r: r.p99), cpu, median(lambda r: r.foreign), results)
