"""Waits until parts serve: all at once, each with its time, and with the end of its log when it does not come up."""
import concurrent.futures
import os
import threading
import time

from .part import Part
from .supervisor import Supervisor

LIMIT_SECONDS = 180 * float(os.environ.get("LYCEUM_PATIENCE", "1"))
FAILING_SECONDS = 15
"""A program that ends right after its start is tried again for this long before its log is shown."""

PAUSE_SECONDS = 0.1


class NotReady(Exception):
    pass


def await_all(parts: list[Part], supervisor: Supervisor) -> None:
    """Waits for every part, settles it, and prints a line for it. Once one has failed, or Ctrl-C came, the others are waited for no more."""
    begin, given_up = time.monotonic(), threading.Event()
    with concurrent.futures.ThreadPoolExecutor(len(parts)) as pool:
        try:
            tries = {pool.submit(_await, part, supervisor, begin, given_up): part for part in parts}
            for done in concurrent.futures.as_completed(tries):
                done.result()
                print(f"{tries[done].name:<34} ready after {time.monotonic() - begin:.1f} s", flush=True)
        except BaseException:
            given_up.set()
            raise


def _await(part: Part, supervisor: Supervisor, begin: float, given_up: threading.Event) -> None:
    names = [program.name for program in part.programs()]
    first_failure = None
    while problem := part.ready():
        now = time.monotonic()
        failing = [name for name in supervisor.failing() if name in names]
        first_failure = first_failure or (now if failing else None)
        if (failing and now - first_failure > FAILING_SECONDS) or now - begin > LIMIT_SECONDS:
            raise NotReady(f"{part.name} is not ready: {problem}\n{_last_lines(part, failing or names)}")
        if given_up.wait(PAUSE_SECONDS):
            return
    part.settle()


def _last_lines(part: Part, names: list[str]) -> str:
    text = ""
    for name in names:
        log = part.layout.log(name)
        lines = log.read_text(errors="replace").splitlines()[-8:] if log.exists() else []
        text += "".join(f"    | {line[:300]}\n" for line in lines) + f"    the whole log: {log}\n"
    return text.rstrip()
