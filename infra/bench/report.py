"""What was measured: a table for people as it goes, and results.json."""
import dataclasses
import json
import os
import pathlib
import time

from .comparison import PRODUCT, Comparison, Row
from .product import SERVICES, Product


class Report:
    def __init__(self, folder: pathlib.Path, product: Product, absence: str | None, page_bytes: int):
        self.folder = folder
        self.product = product
        self.rows: dict[str, list[Row]] = {}
        self.bars: list[dict] = []
        self.text: list[str] = []
        self._say(f"Measured {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC on {os.cpu_count()} cores; wrk with one thread and 16 connections on the same cores.")
        self._say(f"The course page has {page_bytes} bytes. Medians of rounds in turn; CPU in microseconds a request, by process; 'others' is what the rest of the machine took.")
        if absence:
            self._say(f"Not compared with the Go and Rust peers: {absence}.")

    def add(self, name: str, comparison: Comparison, rows: list[Row]) -> None:
        self.rows[name] = rows
        self._say(f"\n{comparison.title}")
        own = rows[0]
        for row in rows:
            cpu = "  ".join(f"{server} {used:.1f}" for server, used in row.cpu.items())
            beside = "" if row is own else f"  {PRODUCT}: {own.rate / row.rate:.2f} x its rate, {own.own_cpu / row.own_cpu:.2f} x its CPU"
            self._say(f"  {row.name:<26}{row.rate:>9,.0f}/s  p50 {row.p50:6.2f} ms  p99 {row.p99:6.2f} ms  CPU µs: {cpu}  others {row.foreign:.0%}{beside}")

    def bar(self, what: str, value: float, limit: float, at_least: bool, unit: str = "") -> None:
        """A bar, met or not: a wall-clock figure of one machine fails no build."""
        met = value >= limit if at_least else value <= limit
        self.bars.append({"what": what, "value": value, "limit": limit, "atLeast": at_least, "met": met})
        self._say(f"  {'met   ' if met else 'MISSED'}  {what}: {value:.2f}{unit} ({'at least' if at_least else 'at most'} {limit:g}{unit})")

    def finish(self) -> None:
        self._say("\nBars")
        self._ratios("cached", "nginx", rate=0.8, cpu=None)
        for name in self.rows:
            if name != "cached":
                self._ratios(name, "Rust (axum)", rate=1.0, cpu=1.2)
        for service in SERVICES:
            self.bar(f"resident memory of {service} under load", self.product.memory(service).resident, 40, False, " MiB")
        for service in SERVICES:
            self.bar(f"{service} ready after", self.product.ready_seconds[service], 0.2, False, " s")
        self._write()

    def _ratios(self, name: str, other: str, rate: float | None, cpu: float | None) -> None:
        rows = {row.name: row for row in self.rows.get(name, [])}
        if other not in rows:
            return
        own, beside = rows[PRODUCT], rows[other]
        if rate:
            self.bar(f"{name}: requests a second beside {other}", own.rate / beside.rate, rate, True, " x")
        if cpu:
            self.bar(f"{name}: CPU a request beside {other}", own.own_cpu / beside.own_cpu, cpu, False, " x")

    def _say(self, line: str) -> None:
        self.text.append(line)
        print(line, flush=True)

    def _write(self) -> None:
        results = {"rows": {name: [dataclasses.asdict(row) for row in rows] for name, rows in self.rows.items()}, "bars": self.bars}
        (self.folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (self.folder / "results.txt").write_text("\n".join(self.text) + "\n")
        self._say(f"\nThe same in {self.folder}/results.txt and results.json")
