"""wrk (Debian): one load of a few seconds, and what it saw."""
import dataclasses
import os
import pathlib
import re
import subprocess

from .usage import CORES, Server, busy_seconds

LUA = pathlib.Path(__file__).parent / "lua"
CONNECTIONS = 16
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}


class LoadFailed(Exception):
    """wrk could not run, or was answered with errors."""


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


def run(load: Load, seconds: int, servers: list[Server], scratch: pathlib.Path) -> Measured:
    command = ["wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "--timeout", "10s", "--latency"]
    environment = dict(os.environ)
    if len(load.asks) == 1 and load.asks[0].line == Ask(load.asks[0].path).line:
        command.append(load.base + load.asks[0].path)
    else:
        requests = scratch / "requests.tsv"
        requests.write_text("".join(ask.line + "\n" for ask in load.asks))
        environment |= {"REQUESTS": str(requests), "TOKENS": str(load.tokens or os.devnull)}
        command += ["-s", str(LUA / "requests.lua"), load.base]
    before, busy, own = [server.cpu for server in servers], busy_seconds(), os.times()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds + 60)
    after, worked, end = [server.cpu for server in servers], busy_seconds() - busy, os.times()
    client = end.children_user + end.children_system - own.children_user - own.children_system
    count = _checked(load, done)
    spent = [late - early for early, late in zip(before, after)]
    return Measured(
        requests=count, rate=float(_found(r"Requests/sec:\s+([\d.]+)", done.stdout)), p50=_milliseconds(r"50%\s+(\S+)", done.stdout),
        p99=_milliseconds(r"99%\s+(\S+)", done.stdout), cpu={server.name: used / count * 1e6 for server, used in zip(servers, spent)},
        foreign=max(0.0, worked - sum(spent) - client) / (seconds * CORES))


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
