"""Brings a stack up, in order, and holds it until it is told to end."""
import json
import os
import signal
import subprocess
import threading
import time

from . import description, leftovers, wrappers
from .layout import Layout
from .part import Part, Setting
from .parts import platform, stores
from .passwords import Passwords
from .ports import Ports
from .readiness import NotReady, await_all
from .supervisor import Supervisor

COMMAND_SECONDS = {"keys": 30, "migrate": 120, "seed": 300}


class BringUp:
    def __init__(self, layout: Layout, ports: Ports, only_stores: bool, detached: bool, seed: bool):
        self.layout = layout
        self.ports = ports
        self.detached = detached
        self.seed = seed
        setting = Setting(layout, ports, Passwords(layout))
        self.stores = stores(setting)
        self.platform = [] if only_stores else platform(setting, self.stores)
        self.supervisor = Supervisor(layout)
        self.stopping = threading.Event()

    @property
    def parts(self) -> list[Part]:
        return self.stores + self.platform

    def run(self) -> int:
        """Up, then in the foreground until a signal comes or the supervisor ends. Returns the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        self._clear_the_ground()
        leftovers.write_owner(self.layout)
        started = False
        try:
            self._start()
            started = True
        except NotReady as problem:
            print(problem, flush=True)
            return 1
        finally:
            # Whatever it was: a start that failed, detached or not, leaves nothing running.
            if not started:
                self._end()
        if self.detached:
            self.layout.owner.unlink()
            return 0
        return self._hold()

    def _asked_to_stop(self, number: int, frame: object) -> None:
        if not self.stopping.is_set():
            self.stopping.set()
            raise KeyboardInterrupt

    def _clear_the_ground(self) -> None:
        ended = leftovers.end(self.layout)
        if ended:
            print(f"{'Left from an earlier run':<34} ended: {', '.join(ended)}", flush=True)
        self.layout.description.unlink(missing_ok=True)
        taken = self.ports.taken([name for part in self.parts for name in part.port_names])
        if taken:
            raise SystemExit("\n".join(taken) + f"\nEnd it, or choose other ports: LYCEUM_PORT_BASE={self.ports.base + 1000} make run")

    def _start(self) -> None:
        if self.platform:
            self._keys()
        for part in self.parts:
            part.prepare()
        self.supervisor.write([program for part in self.parts for program in part.programs()])
        self.supervisor.start(self.detached)
        self._await_supervisor()
        if any(part.programs() for part in self.stores):
            self.supervisor.start_group("stores")
        if not self.platform:
            await_all(self.stores, self.supervisor)
            return self._tell({})
        self.supervisor.start_group("doors")
        await_all(self.stores, self.supervisor)
        services = self.platform[0]
        environment = services.operator_environment()
        wrappers.write(self.layout, environment)
        self._command("migrate", ["migrate", "all"], environment)
        self.supervisor.start_group("services")
        await_all(self.platform, self.supervisor)
        self._write_description({})
        self._tell(self._seeded(environment) if self.seed else {})

    def _await_supervisor(self) -> None:
        deadline = time.monotonic() + 20
        while not self.supervisor.answers():
            if self.supervisor.process.poll() is not None or time.monotonic() > deadline:
                raise NotReady(f"supervisord did not start:\n{self.layout.log('supervisord-output').read_text()[-800:]}")
            time.sleep(0.05)

    def _keys(self) -> None:
        """Makes the keys that are missing; those that are there stay."""
        self._command("keys", ["keys", "generate", str(self.layout.keys)], {})

    def _command(self, name: str, arguments: list[str], environment: dict[str, str]) -> str:
        """Runs a verb of lyceum; its output goes to a log. Returns what it printed."""
        log, begin = self.layout.log(f"lyceum-{name}"), time.monotonic()
        mark = {"LYCEUM_STACK": self.layout.id}
        try:
            done = subprocess.run([self.layout.binaries / "lyceum", *arguments], env=os.environ | environment | mark, cwd=self.layout.root,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=COMMAND_SECONDS[name])
            output, status = done.stdout + done.stderr, done.returncode
        except subprocess.TimeoutExpired as late:
            output, status = (late.output or b"").decode(errors="replace"), f"none after {COMMAND_SECONDS[name]} s"
        except FileNotFoundError:
            raise NotReady(f"{self.layout.binaries}/lyceum is not built: `make build`") from None
        self.layout.write_private(log, output)
        if status != 0:
            tail = "".join(f"    | {line[:300]}\n" for line in output.splitlines()[-12:])
            raise NotReady(f"lyceum {' '.join(arguments)}: exit status {status}\n{tail}    the whole log: {log}")
        print(f"{'lyceum ' + ' '.join(arguments[:2]):<34} done in {time.monotonic() - begin:.1f} s", flush=True)
        return done.stdout

    def _seeded(self, environment: dict[str, str]) -> dict:
        """`lyceum seed` ends its output with one JSON line: the logins and the demo lecture."""
        lines = [line for line in self._command("seed", ["seed"], environment).splitlines() if line.startswith("{")]
        try:
            return json.loads(lines[-1])
        except (IndexError, ValueError):
            raise NotReady(f"lyceum seed did not print its JSON line: see {self.layout.log('lyceum-seed')}") from None

    def _write_description(self, seeded: dict) -> dict:
        stores, named = {store.name: store for store in self.stores}, {part.name: part for part in self.platform}
        text = description.describe(self.layout, self.ports, stores, named.get("services"), named.get("media-worker"), seeded)
        description.write(self.layout, text)
        return text

    def _tell(self, seeded: dict) -> None:
        print(description.for_people(self.layout, self._write_description(seeded)), flush=True)
        if not self.detached:
            print("\nCtrl-C or `make stop` ends all of it.", flush=True)

    def _hold(self) -> int:
        try:
            status = self.supervisor.process.wait()
            print(f"the supervisor ended by itself (status {status}); ending the rest", flush=True)
            return 1
        except KeyboardInterrupt:
            print("\nStopping …", flush=True)
            return 0
        finally:
            # Also when there is nobody to print to: the terminal may be what ended.
            self._end()

    def _end(self) -> None:
        """Doors first, then services, then stores; whatever is left after that is ended by force."""
        self.stopping.set()
        stop(self.layout, self.supervisor)
        self.layout.owner.unlink(missing_ok=True)


def stop(layout: Layout, supervisor: Supervisor) -> list[str]:
    try:
        groups = {program["group"] for program in supervisor.programs()}
        for group in ("doors", "services", "stores"):
            if group in groups:
                supervisor.stop_group(group)
        supervisor.shut_down()
        if supervisor.process:
            supervisor.process.wait(timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        pass
    layout.description.unlink(missing_ok=True)
    return leftovers.end(layout)
