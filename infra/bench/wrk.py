"""wrk (Debian): one load of a few seconds, and what it saw."""
import dataclasses
import os
import pathlib
import re
import subprocess
import tempfile

from .measuring import LoadFailed, Measured, Watch
from .usage import Server

LUA = pathlib.Path(__file__).parent / "lua"
CONNECTIONS = 16
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


@dataclasses.dataclass(frozen=True)
class Ask:
    """One request of a list."""

    path: str
    method: str = "GET"
    token: int = 0
    """The number of the token to send with it, from 1; 0 for none."""
    body: str = ""
    key: str = ""
    """Its Idempotency-Key."""

    @property
    def line(self) -> str:
        return "\t".join((self.method, self.path, str(self.token), self.body, self.key))


@dataclasses.dataclass(frozen=True)
class Load:
    """What wrk is to send: the requests of a list in turn, or a GET of one path."""

    base: str
    asks: list[Ask]
    tokens: pathlib.Path | None = None
    accepted_errors: float = 0.0
    """The share of answers that may have another status than 2xx and 3xx."""
    connections: int = CONNECTIONS
    pause: int = 0
    """Milliseconds that each connection waits before it asks; 0 for as fast as it is answered."""


def run(load: Load, seconds: int, servers: list[Server], scratch: pathlib.Path) -> Measured:
    """One load, and what these servers took for it."""
    command, environment = command_line(load, seconds, scratch)
    watch = Watch(servers)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60)
    return watch.measured(_checked(load, done), rate=float(_found(r"Requests/sec:\s+([\d.]+)", done.stdout)),
                          p50=_milliseconds(r"50%\s+(\S+)", done.stdout), p99=_milliseconds(r"99%\s+(\S+)", done.stdout))


def command_line(load: Load, seconds: int, scratch: pathlib.Path) -> tuple[list[str], dict[str, str]]:
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    environment = dict(os.environ)
    if load.pause == 0 and len(load.asks) == 1 and load.asks[0] == Ask(load.asks[0].path):
        return [*command, load.base + load.asks[0].path], environment
    with tempfile.NamedTemporaryFile("w", dir=scratch, prefix="requests-", suffix=".tsv", delete=False) as file:
        file.writelines(ask.line + "\n" for ask in load.asks)
    environment |= {"REQUESTS": file.name, "TOKENS": str(load.tokens or os.devnull), "PAUSE": str(load.pause)}
    return [*command, "-s", str(LUA / "requests.lua"), load.base], environment


def _checked(load: Load, done: subprocess.CompletedProcess) -> int:
    """The number of requests; throws when they were not answered as they should be: the speed of errors says nothing."""
    count = int(_found(r"(\d+) requests in", done.stdout) or 0)
    if done.returncode != 0 or count == 0:
        raise LoadFailed(f"wrk on {load.base}: {done.stderr[-500:] or done.stdout[-500:]}")
    bad = int(_found(r"Non-2xx or 3xx responses: (\d+)", done.stdout) or 0)
    errors = _found(r"Socket errors: (.*)", done.stdout)
    if bad > count * load.accepted_errors or errors:
        raise LoadFailed(f"{load.base}{load.asks[0].path}: {bad} of {count} answers are errors; socket errors: {errors or 'none'}")
    return count


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    return match[1] if match else ""


def _milliseconds(pattern: str, text: str) -> float:
    match = re.fullmatch(r"([\d.]+)([a-z]+)", _found(pattern, text))
    return float(match[1]) * UNITS[match[2]] if match else 0.0
