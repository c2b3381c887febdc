"""The ports of a stack: offsets from one base, and who sits on a port that is taken."""
import pathlib
import random
import re
import socket

SERVICES = ["users", "courses", "enrollments", "media", "delivery", "search", "notifications"]
STORES = ["postgres", "mongo", "elasticsearch", "redis", "rabbitmq", "rabbitmqManagement", "rabbitmqDistribution", "epmd", "smtp", "objectStore",
          "otlp"]
DEFAULT_BASE = 7400

OFFSETS = (
    {"gateway": 0, "edge": 1, "envoyAdmin": 2, "web": 3}
    | {service: 10 + i for i, service in enumerate(SERVICES)}
    | {service + "Admin": 30 + i for i, service in enumerate(SERVICES)}
    | {"mediaWorkerAdmin": 40}
    | {store: 50 + i for i, store in enumerate(STORES)}
)


class Ports:
    def __init__(self, base: int):
        if not 1024 <= base <= 65535 - max(OFFSETS.values()):
            raise SystemExit(f"port base {base}: must be 1024 to {65535 - max(OFFSETS.values())} (LYCEUM_PORT_BASE)")
        self.base = base

    def __getitem__(self, name: str) -> int:
        return self.base + OFFSETS[name]

    def taken(self, names: list[str]) -> list[str]:
        """One line for each of these ports that somebody has, naming the process."""
        return [f"port {self[name]} ({name}) is taken by {holder(self[name])}" for name in names if not is_free(self[name])]

    @classmethod
    def free(cls) -> "Ports":
        """A base whose ports are all free now, below the range that the kernel hands out."""
        bases = list(range(20000, 32000, 100))
        random.shuffle(bases)
        for base in bases:
            ports = cls(base)
            if all(is_free(ports[name]) for name in OFFSETS):
                return ports
        raise SystemExit("no hundred free ports between 20000 and 32000")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def holder(port: int) -> str:
    """The process that listens on a port, as "nginx (pid 42)"."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in pathlib.Path(table).read_text().splitlines()[1:]:
            fields = line.split()
            if int(fields[1].rsplit(":", 1)[1], 16) == port and fields[3] == "0A":
                inodes.add(f"socket:[{fields[9]}]")
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if any(fd.is_symlink() and str(fd.readlink()) in inodes for fd in (process / "fd").iterdir()):
                command = re.sub(r"\0+", " ", (process / "cmdline").read_text(errors="replace")).strip()
                return f"{(process / 'comm').read_text().strip()} (pid {process.name}: {command[:80]})"
        except OSError:
            continue
    return "a process of another user" if inodes else "a connection that is still closing"
