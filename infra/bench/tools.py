"""Yardsticks that are programs of their own: pgbench, and the product's parts alone (lyceum-bench)."""
import json
import os
import pathlib
import re
import subprocess
import urllib.parse

from dev.parts.postgres import BINARIES

from .comparison import Contender
from .measuring import LoadFailed, Measured, Watch
from .usage import Server


def part(binaries: pathlib.Path, name: str, words: list[str], servers: list[Server] | None = None) -> Contender:
    """A part of the product alone; `words` say which, with {seconds} in the place of the length of a round."""
    def measure(_: int, seconds: int) -> Measured:
        watch = Watch(servers or [])
        command = [binaries / "lyceum-bench", *(word.format(seconds=seconds) for word in words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
        if done.returncode != 0:
            raise LoadFailed(f"lyceum-bench {words[0]}: {done.stdout}{done.stderr}")
        said = json.loads(done.stdout)
        return watch.measured(max(round(said["perSecond"] * seconds), 1), said["perSecond"], own={"process": said["cpuMicroseconds"]})
    return Contender(name, measure)


def pgbench(name: str, url: str, script: pathlib.Path, servers: list[Server], clients: int = 8) -> Contender:
    """Transactions of a script, prepared, from clients that wait for each."""
    server = urllib.parse.urlsplit(url)
    environment = os.environ | {"PGPASSWORD": urllib.parse.unquote(server.password or ""), "PGUSER": server.username or "",
                                "PGHOST": server.hostname or "", "PGPORT": str(server.port)}

    def measure(_: int, seconds: int) -> Measured:
        watch = Watch(servers)
        command = [BINARIES / "pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "1", "-T", str(seconds), "-f", script]
        done = subprocess.run([*command, server.path.strip("/")], env=environment, capture_output=True, text=True, timeout=seconds + 60)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        count = re.search(r"actually processed: (\d+)", done.stdout)
        delay = re.search(r"latency average = ([\d.]+)", done.stdout)
        if done.returncode != 0 or not (rate and count and delay):
            raise LoadFailed(f"pgbench: {done.stdout[-300:]}{done.stderr[-300:]}")
        return watch.measured(int(count[1]), float(rate[1]), p50=float(delay[1]))
    return Contender(name, measure)
