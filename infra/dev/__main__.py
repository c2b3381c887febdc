"""The command infra/dev/stack."""
import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

from . import leftovers
from .bring_up import BringUp, stop
from .layout import Layout
from .part import Setting
from .parts import platform, stores
from .passwords import Passwords
from .ports import DEFAULT_BASE, Ports
from .supervisor import Supervisor

ROOT = pathlib.Path(__file__).resolve().parents[2]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra/dev/stack", description="Lyceum's local stack: the stores, the services, the gateway and the edge.")
    parser.add_argument("--dir", type=pathlib.Path, default=ROOT / ".dev", help="the folder for everything it writes (default: .dev)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    up = verbs.add_parser("up", help="start it and stay in the foreground; Ctrl-C ends it")
    up.add_argument("--only-stores", action="store_true", help="the servers beside Lyceum alone")
    up.add_argument("--detach", action="store_true", help="leave it running and return")
    up.add_argument("--no-seed", action="store_true", help="without the demo catalogue")
    verbs.add_parser("down", help="end it, also what a killed supervisor left")
    verbs.add_parser("erase", help="end it, and remove everything that it wrote")
    verbs.add_parser("status", help="what runs, and how long")
    check = verbs.add_parser("check", help="write the gateway's and the edge's configuration and let Envoy and nginx read it")
    for verb in (up, check):
        verb.add_argument("--port-base", default=os.environ.get("LYCEUM_PORT_BASE") or str(DEFAULT_BASE),
                          help=f"the first of its hundred ports, or auto (default: LYCEUM_PORT_BASE or {DEFAULT_BASE})")
        verb.add_argument("--build", choices=["debug", "release"], default="release", help="which build of Lyceum to run")
    for verb in verbs.choices.values():
        verb.add_argument("--dir", type=pathlib.Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser.parse_args()


def layout_for(chosen: argparse.Namespace) -> Layout:
    folder = chosen.dir.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    binaries = os.environ.get("LYCEUM_BINARIES") or ROOT / ".build" / getattr(chosen, "build", "release")
    return Layout(ROOT, folder, pathlib.Path(sys.prefix), pathlib.Path(binaries))


def ports_for(base: str) -> Ports:
    if base == "auto":
        return Ports.free()
    if not base.isdigit():
        raise SystemExit(f"port base {base}: not a number (LYCEUM_PORT_BASE)")
    return Ports(int(base))


def up(chosen: argparse.Namespace) -> int:
    layout = layout_for(chosen)
    if pid := _running(layout):
        raise SystemExit(f"this stack runs already (pid {pid}): `make stop` ends it")
    return BringUp(layout, ports_for(chosen.port_base), chosen.only_stores, chosen.detach, not chosen.no_seed).run()


def _running(layout: Layout) -> int | None:
    """The pid of who holds the stack: the command in the foreground, or the supervisor of a detached one."""
    if holder := leftovers.owner(layout):
        return holder.pid
    supervisor = Supervisor(layout)
    return supervisor.pid() if layout.description.exists() and supervisor.answers() else None


def down(chosen: argparse.Namespace) -> int:
    layout = layout_for(chosen)
    holder = leftovers.owner(layout)
    if holder:
        holder.send(signal.SIGTERM)
        deadline = time.monotonic() + 75
        while holder.lives and time.monotonic() < deadline:
            time.sleep(0.1)
    was_detached = Supervisor(layout).answers()
    ended = stop(layout, Supervisor(layout))
    layout.owner.unlink(missing_ok=True)
    print("ended" if holder or was_detached or ended else "nothing was running")
    return 0


def erase(chosen: argparse.Namespace) -> int:
    down(chosen)
    layout_for(chosen).erase()
    return 0


def status(chosen: argparse.Namespace) -> int:
    layout = layout_for(chosen)
    supervisor = Supervisor(layout)
    if not supervisor.answers():
        print("not running: `make run` starts it")
        return 1
    for program in supervisor.programs():
        print(f"{program['name']:<16} {program['statename']:<9} {program['description']}")
    text = json.loads(layout.description.read_text()) if layout.description.exists() else {}
    print(f"{'gateway':<16} {text['gateway']}" if "gateway" in text else f"description: {layout.description}")
    return 0


def check(chosen: argparse.Namespace) -> int:
    layout = layout_for(chosen)
    setting = Setting(layout, ports_for(chosen.port_base), Passwords(layout))
    doors = [part for part in platform(setting, stores(setting)) if hasattr(part, "check_command")]
    failed = 0
    for part in doors:
        part.prepare()
        done = subprocess.run(part.check_command(), capture_output=True, text=True)
        failed += done.returncode != 0
        print(f"{part.name:<34} {'valid' if done.returncode == 0 else done.stdout + done.stderr}")
    return 1 if failed else 0


def main() -> int:
    chosen = arguments()
    return {"up": up, "down": down, "erase": erase, "status": status, "check": check}[chosen.verb](chosen)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
