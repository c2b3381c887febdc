"""Finds and ends what a stack left running: after `kill -9` of its supervisor, for instance."""
import dataclasses
import os
import pathlib
import signal
import time

from .layout import Layout

SERVERS = {"postgres", "redis-server", "nginx", "mongod", "envoy", "beam.smp", "epmd", "erl_child_setup", "inet_gethost", "noida-db",
           "lyceum", "lyceum-media", "lyceum-indexer", "supervisord", "aiosmtpd"}


@dataclasses.dataclass(frozen=True)
class Process:
    pid: int
    name: str
    started: str

    def send(self, number: int) -> None:
        """Sends a signal, unless the pid has become somebody else's."""
        try:
            if _started(self.pid) == self.started:
                os.kill(self.pid, number)
        except (OSError, IndexError):
            pass

    @property
    def lives(self) -> bool:
        try:
            return _started(self.pid) == self.started and _status(self.pid)[0] != "Z"
        except (OSError, IndexError):
            return False


def _status(pid: int) -> list[str]:
    return pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace").rsplit(") ", 1)[1].split()


def _started(pid: int) -> str:
    return _status(pid)[19]


def process(pid: int) -> Process | None:
    try:
        return Process(pid, pathlib.Path(f"/proc/{pid}/comm").read_text().strip(), _started(pid))
    except (OSError, IndexError):
        return None


def write_owner(layout: Layout) -> None:
    """This process holds the stack. A pid alone may be somebody else's by the time it is read: after kill -9, or a power failure."""
    layout.write_private(layout.owner, f"{os.getpid()} {_started(os.getpid())}\n")


def owner(layout: Layout) -> Process | None:
    """The process that wrote that it holds the stack, if it still runs."""
    try:
        pid, started = layout.owner.read_text().split()
        holder = process(int(pid))
    except (OSError, ValueError):
        return None
    return holder if holder and holder.started == started and holder.lives else None


def find(layout: Layout) -> list[Process]:
    """Every process that bears this stack's mark, or that is one of its servers at work in its folders (some wipe their environment)."""
    mark = f"LYCEUM_STACK={layout.id}".encode()
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        pid = int(folder.name)
        if pid == os.getpid():
            continue
        try:
            if mark in (folder / "environ").read_bytes().split(b"\0") or _works_in(folder, layout):
                found.append(process(pid))
        except OSError:
            continue
    return [one for one in found if one and one.lives]


def _works_in(folder: pathlib.Path, layout: Layout) -> bool:
    if (folder / "comm").read_text().strip() not in SERVERS:
        return False
    place = (folder / "cwd").readlink()
    return place == layout.dir or any(place.is_relative_to(ours) for ours in layout.work_folders)


def end(layout: Layout, seconds: float = 10) -> list[str]:
    """Ends them, kindly first; returns their names."""
    names = set()
    deadline = time.monotonic() + seconds
    asked: set[Process] = set()
    while left := find(layout):
        names |= {one.name for one in left}
        late = time.monotonic() > deadline
        for one in left:
            if late:
                one.send(signal.SIGKILL)
            elif one not in asked:
                one.send(signal.SIGINT if one.name == "postgres" else signal.SIGTERM)
                asked.add(one)
        time.sleep(0.1)
    return sorted(names)
