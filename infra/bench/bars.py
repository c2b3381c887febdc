"""What the product is to reach: of each comparison, which figure, beside whom."""
import dataclasses

from .comparison import PRODUCT, Row

RUST = "Rust (axum)"


@dataclasses.dataclass(frozen=True)
class Bar:
    what: str
    value: float
    limit: float
    at_least: bool
    unit: str

    @property
    def is_met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def line(self) -> str:
        return (f"  {'met   ' if self.is_met else 'MISSED'}  {self.what}: {self.value:.2f} {self.unit} "
                f"({'at least' if self.at_least else 'at most'} {self.limit:g})")


class Bars:
    def __init__(self, rows: dict[str, list[Row]]):
        self.rows = {name: {row.name: row for row in contenders} for name, contenders in rows.items()}

    def all(self) -> list[Bar]:
        bars = self._rate("cached", "nginx", 0.8, "course page from cache")
        for name, what in (("list", "list of 20"), ("page", "course of 64 lectures"), ("enrol", "enrol")):
            bars += self._rate(name, RUST, 1.0, what) + self._cpu(name, RUST, 1.2, what)
        if own := self._row("mongo", PRODUCT):
            bars.append(Bar("course page from MongoDB, CPU a request", own.own_cpu, 250, False, "µs"))
        bars += self._rate("sign-in", "argon2id alone", 0.95, "sign in")
        quiet, storm = self._row("storm", "quiet"), self._row("storm", "sign-in storm")
        if quiet and storm:
            bars.append(Bar("p99 of others during a sign-in storm", storm.p99 / quiet.p99, 2, False, "x that without"))
        if writer := self._row("json", "JSONWriter"):
            bars.append(Bar("JSON of 8.5 KB", writer.own_cpu, 10, False, "µs"))
        return bars

    def _row(self, name: str, contender: str) -> Row | None:
        return self.rows.get(name, {}).get(contender)

    def _rate(self, name: str, other: str, limit: float, what: str) -> list[Bar]:
        own, beside = self._row(name, PRODUCT), self._row(name, other)
        return [Bar(f"{what}, requests a second", own.rate / beside.rate, limit, True, f"x {other}")] if own and beside else []

    def _cpu(self, name: str, other: str, limit: float, what: str) -> list[Bar]:
        own, beside = self._row(name, PRODUCT), self._row(name, other)
        return [Bar(f"{what}, CPU a request", own.own_cpu / beside.own_cpu, limit, False, f"x {other}")] if own and beside else []
