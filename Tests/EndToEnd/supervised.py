"""The processes of the stack, stopped and started through its supervisor."""
import contextlib
import pathlib
import xmlrpc.client
from collections.abc import Iterator

from client import StoryFailed
from stack import Stack
from supervisor.xmlrpc import SupervisorTransport
from waiting import until

SERVICES = {"users", "courses", "enrollments", "media", "delivery", "search", "notifications"}


class Supervised:
    def __init__(self, stack: Stack):
        self.socket = pathlib.Path(f"/tmp/lyceum-{stack['stack']}.sock")

    @property
    def _server(self):
        return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=SupervisorTransport(None, None, f"unix://{self.socket}")).supervisor

    def _full_name(self, program: str) -> str:
        for one in self._server.getAllProcessInfo():
            if one["name"] == program:
                return f"{one['group']}:{one['name']}"
        raise StoryFailed(f"the supervisor has no {program}")

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
            until(f"{program} runs again", lambda: self._server.getProcessInfo(name)["statename"] == "RUNNING", 60)
