"""The processes of the stack, stopped, killed and held through its supervisor, which starts again what ends."""
import contextlib
import os
import pathlib
import signal
import xmlrpc.client
from collections.abc import Iterator

from client import StoryFailed
from stack import Stack
from supervisor.xmlrpc import SupervisorTransport
from waiting import until

SERVICES = {"users", "courses", "enrollments", "media", "delivery", "search", "notifications"}
START_SECONDS = 60


class Supervised:
    def __init__(self, stack: Stack):
        self.socket = pathlib.Path(f"/tmp/lyceum-{stack['stack']}.sock")

    @property
    def _server(self):
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=SupervisorTransport(None, None, f"unix://{self.socket}")).supervisor

    def _process(self, program: str) -> dict:
        for one in self._server.getAllProcessInfo():
            if one["name"] == program:
                return one
        raise StoryFailed(f"the supervisor has no {program}")

    def _full_name(self, program: str) -> str:
        return f"{self._process(program)['group']}:{program}"

    def pid(self, program: str) -> int:
        """Of the process that runs now; 0 when none does."""
        one = self._process(program)
        return one["pid"] if one["statename"] in ("STARTING", "RUNNING") else 0

    def service_pids(self) -> dict[str, int]:
        return {one["name"]: one["pid"] for one in self._server.getAllProcessInfo() if one["name"] in SERVICES}

    @contextlib.contextmanager
    def stopped(self, program: str) -> Iterator[None]:
        """The program is not there within this block; it is started again in any case."""
        name = self._full_name(program)
        self._server.stopProcess(name, True)
        try:
            yield
        finally:
            self._server.startProcess(name, False)
            until(f"{program} runs again", lambda: self._server.getProcessInfo(name)["statename"] == "RUNNING", START_SECONDS)

    def end(self, program: str, number: int = signal.SIGKILL) -> None:
        """Ends it by a signal to its main process alone, as a crash or an operator does; returns when it has been started again."""
        pid = until(f"{program} runs", lambda: self.pid(program), START_SECONDS)
        os.kill(pid, number)
        self._await_another(program, pid)

    def kill(self, program: str) -> None:
        """`kill -9` of the program and all that it started; returns when it has been started again."""
        pid = until(f"{program} runs", lambda: self.pid(program), START_SECONDS)
        _signal(family(pid), signal.SIGKILL)
        self._await_another(program, pid)

    def _await_another(self, program: str, pid: int) -> None:
        until(f"{program} is started again", lambda: self.pid(program) not in (0, pid), START_SECONDS)

    @contextlib.contextmanager
    def held(self, program: str) -> Iterator[None]:
        """SIGSTOP for the program and all that it started: it is there, its sockets are open, and nothing comes from it. It goes on afterwards."""
        processes = family(until(f"{program} runs", lambda: self.pid(program), START_SECONDS))
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)


def family(pid: int) -> list[int]:
    """A process and its descendants, itself first."""
    parents = {}
    for status in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(status.parent.name)] = int(status.read_text(errors="replace").rsplit(") ", 1)[1].split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _signal(processes: list[int], number: int) -> None:
    for one in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, number)
