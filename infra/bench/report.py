"""What was measured: a table for people as it goes, and results.json."""
import dataclasses
import json
import os
import pathlib
import time

from .bars import Bar, Bars
from .comparison import Comparison, Row
from .product import SERVICES, Product
from .usage import Memory


class Report:
    def __init__(self, folder: pathlib.Path, product: Product, absence: str | None, page_bytes: int):
        self.folder = folder
        self.product = product
        self.rows: dict[str, list[Row]] = {}
        self.memory: dict[str, Memory] = {}
        self.text: list[str] = []
        moment = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
        self._say(f"Measured {moment} UTC on {os.cpu_count()} cores; wrk with one thread and 16 connections on the same cores.")
        self._say(f"The course page has {page_bytes} bytes. Medians of rounds in turn. CPU is microseconds a request, by process; "
                  "'others' is the share of the machine that the rest took.")
        if absence:
            self._say(f"Not compared with the Go and Rust peers: {absence}.")

    def add(self, name: str, comparison: Comparison, rows: list[Row]) -> None:
        self.rows[name] = rows
        for service in SERVICES:
            memory = self.product.memory(service)
            if service not in self.memory or memory.resident > self.memory[service].resident:
                self.memory[service] = memory
        self._say(f"\n{comparison.title}")
        own = rows[0]
        for row in rows:
            cpu = ", ".join(f"{server} {used:.1f}" for server, used in row.cpu.items())
            times = f"p50 {row.p50:7.2f} ms  p99 {row.p99:7.2f} ms" if row.p50 else ""
            beside = f"  {own.name}: {own.rate / row.rate:.2f} x the rate" if row is not own else ""
            beside += f", {own.own_cpu / row.own_cpu:.2f} x the CPU" if beside and row.own_cpu and own.own_cpu else ""
            self._say(f"  {row.name:<27}{row.rate:>9,.0f}/s  {times:<31}CPU: {cpu}  (others {row.foreign:.0%}){beside}")

    def finish(self) -> None:
        """The rest, and which bars are met. A figure of one machine on one day fails no build."""
        self._say("\nServices")
        for service in SERVICES:
            memory = self.memory[service]
            self._say(f"  {service:<27}ready after {self.product.ready_seconds[service] * 1000:.0f} ms, "
                      f"resident under load {memory.resident:.0f} MiB, its share of it (PSS) {memory.proportional:.0f} MiB")
        bars = Bars(self.rows).all()
        bars += [Bar(f"resident memory of {service} under load", memory.resident, 40, False, "MiB") for service, memory in self.memory.items()]
        bars += [Bar(f"{service} ready", self.product.ready_seconds[service], 0.2, False, "s") for service in SERVICES]
        self._say("\nBars")
        for bar in bars:
            self._say(bar.line)
        self._write(bars)

    def _say(self, line: str) -> None:
        self.text.append(line)
        print(line, flush=True)

    def _write(self, bars: list[Bar]) -> None:
        results = {
            "rows": {name: [dataclasses.asdict(row) for row in rows] for name, rows in self.rows.items()},
            "memoryMiB": {service: dataclasses.asdict(memory) for service, memory in self.memory.items()},
            "readySeconds": self.product.ready_seconds,
            "bars": [dataclasses.asdict(bar) | {"met": bar.is_met} for bar in bars],
        }
        (self.folder / "results.json").write_text(json.dumps(results, indent=1) + "\n")
        (self.folder / "results.txt").write_text("\n".join(self.text) + "\n")
        print(f"\nThe same in {self.folder}/results.txt and results.json")
