"""make bench: the product beside its yardsticks, in one run on one machine."""
import argparse
import os
import pathlib
import signal
import subprocess
import sys

from dev.layout import Layout
from dev.ports import OFFSETS, Ports, is_free

from . import peers as peering
from .data import Data
from .measuring import LoadFailed
from .nginx import Nginx
from .product import Product
from .report import Report
from .rows import NAMES, Rows, page

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEV = pathlib.Path(os.environ.get("LYCEUM_DEV") or ROOT / ".dev")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra/bench/run", description="Measures the release build beside its yardsticks; see infra/README.md.")
    parser.add_argument("rows", nargs="*", help=f"which comparisons, of {', '.join(NAMES)} (default: all)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each contender, in turn (default: 5)")
    parser.add_argument("--seconds", type=int, default=2, help="length of a round (default: 2)")
    parser.add_argument("--dir", type=pathlib.Path, default=DEV / "bench", help="the folder of its stack and results (default: .dev/bench)")
    chosen = parser.parse_args()
    if unknown := set(chosen.rows) - set(NAMES):
        parser.error(f"no such comparison: {', '.join(sorted(unknown))}")
    return chosen


def stack(folder: pathlib.Path, *words: str) -> None:
    output = subprocess.DEVNULL if words[0] == "erase" else None
    done = subprocess.run([ROOT / "infra/dev/stack", "--dir", folder, *words], stdin=subprocess.DEVNULL, stdout=output)
    if done.returncode != 0:
        raise SystemExit(f"infra/dev/stack {words[0]} failed")


def ports(absence: str | None) -> tuple[Ports, str | None]:
    """Where the peers are to be compared, PostgreSQL gets the port that they seek it on."""
    wanted = Ports(peering.POSTGRES_PORT - OFFSETS["postgres"])
    if absence is None and all(is_free(wanted[name]) for name in OFFSETS):
        return wanted, None
    return Ports.free(), absence or f"ports from {wanted.base} on, where the peers seek PostgreSQL, are taken"


def measure(chosen: argparse.Namespace, layout: Layout, numbers: Ports, absence: str | None) -> None:
    running: list = []
    try:
        product = Product(layout, numbers)
        running.append(product)
        product.prepare()
        product.start()
        known = Data(product)
        print("Loading data …", flush=True)
        known.load()
        peers = None
        if absence is None:
            peers = peering.Peers(peering.folder(ROOT), product, known.hash)
            running.append(peers)
            peers.start()
        bytes_of_page = page(product)
        doors = [Nginx(layout.data(f"nginx-{logs}"), numbers["gateway"] + logs, bytes_of_page, bool(logs)) for logs in (0, 1)]
        running += doors
        comparisons = Rows(product, known, peers, doors).all()
        report = Report(layout.dir, product, absence, len(bytes_of_page))
        for name in chosen.rows or comparisons:
            comparison = comparisons[name]()
            report.add(name, comparison, comparison.run(chosen.rounds, chosen.seconds))
        report.finish()
    finally:
        for part in reversed(running):
            part.stop()


def main() -> int:
    chosen = arguments()
    folder = chosen.dir.resolve()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))
    absence = peering.absence(peering.folder(ROOT))
    stack(folder, "erase")
    numbers, absence = ports(absence)
    try:
        stack(folder, "up", "--only-stores", "--detach", "--port-base", str(numbers.base))
        measure(chosen, Layout(ROOT, folder, pathlib.Path(sys.prefix), ROOT / ".build/release"), numbers, absence)
    finally:
        stack(folder, "erase")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LoadFailed as problem:
        sys.exit(f"make bench: {problem}")
    except KeyboardInterrupt:
        sys.exit(130)
