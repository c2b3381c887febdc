"""Who is measured beside whom: short rounds in turn, so that all of them have the same minute, and medians of these rounds."""
import dataclasses
import pathlib
import statistics
from collections.abc import Callable

from . import wrk
from .usage import Server
from .wrk import Load, Measured

PRODUCT = "Lyceum"


@dataclasses.dataclass
class Contender:
    """One server under one load."""

    name: str
    load: Callable[[int], Load]
    """The load of a round; rounds count from 0, which is the warm-up."""
    servers: list[Server]
    """Whose CPU is counted: the first is the server that is asked."""
    before: Callable[[], None] = lambda: None
    """Done before each round, off the clock."""


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

    def run(self, rounds: int, seconds: int, scratch: pathlib.Path) -> list[Row]:
        measured: dict[str, list[Measured]] = {contender.name: [] for contender in self.contenders}
        for number in range(rounds + 1):
            for contender in self.contenders:
                contender.before()
                result = wrk.run(contender.load(number), 1 if number == 0 else seconds, contender.servers, scratch)
                if number > 0:
                    measured[contender.name].append(result)
        return [row(name, results) for name, results in measured.items()]


def row(name: str, results: list[Measured]) -> Row:
    def median(of: Callable[[Measured], float]) -> float:
        return statistics.median(of(result) for result in results)
    cpu = {server: median(lambda result, server=server: result.cpu[server]) for server in results[0].cpu}
    return Row(name, median(lambda r: r.rate), median(lambda r: r.p50), median(lambda r: r.p99), cpu, median(lambda r: r.foreign), results)
