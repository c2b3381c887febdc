"""What processes take: CPU seconds and memory, from /proc."""
import dataclasses
import os
import pathlib

TICKS = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


def _stat(pid: int) -> list[str] | None:
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None


def children(pid: int) -> list[int]:
    found = []
    for entry in os.scandir("/proc"):
        if entry.name.isdigit() and (fields := _stat(int(entry.name))) and int(fields[1]) == pid:
            found.append(int(entry.name))
    return found


def cpu_seconds(pid: int, with_children: bool = False) -> float:
    """User and system time of a process; `with_children` adds those that it has, and those that it had and waited for."""
    fields = _stat(pid)
    if fields is None:
        raise ProcessLookupError(f"process {pid} has ended")
    ticks = int(fields[11]) + int(fields[12])
    if with_children:
        ticks += int(fields[13]) + int(fields[14])
        for child in children(pid):
            if of_child := _stat(child):
                ticks += int(of_child[11]) + int(of_child[12])
    return ticks / TICKS


def busy_seconds() -> float:
    """What all cores of the machine have worked since it began."""
    with open("/proc/stat") as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / TICKS


@dataclasses.dataclass(frozen=True)
class Memory:
    """MiB."""

    resident: float
    proportional: float

    @classmethod
    def of(cls, pid: int) -> "Memory":
        sizes = {"Rss:": 0, "Pss:": 0}
        for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            name, *rest = line.split()
            if name in sizes:
                sizes[name] = int(rest[0])
        return cls(sizes["Rss:"] / 1024, sizes["Pss:"] / 1024)


@dataclasses.dataclass(frozen=True)
class Server:
    """A process whose CPU is counted."""

    name: str
    pid: int
    has_children: bool = False

    @property
    def cpu(self) -> float:
        return cpu_seconds(self.pid, self.has_children)
