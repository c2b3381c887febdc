"""Ctrl-C while a suite runs: `timeout` put it into a process group that no terminal reaches."""
import os
import pathlib
import signal
import subprocess
import time

import pytest
from conftest import ROOT

SCRIPT = """
set -euo pipefail
root=$1 dev=$2 results=$2 step_logs=$2
. "$root/infra/test/suites.sh"
trap 'echo cleaned up' EXIT
trap interrupted INT TERM HUP
MORE
run_suite slow bounded bash -c 'sleep 1000 & echo $! > "$0/pid"; wait' "$2"
"""

# The shell tells itself to stop before the first command that follows the start of the suite.
AT_ONCE = """
set -T
trap 'if [ -n "$(jobs -p)" ]; then trap - DEBUG; kill -TERM $$; fi' DEBUG
"""


def started(folder: pathlib.Path, more: str = "") -> subprocess.Popen:
    script = SCRIPT.replace("MORE", more)
    return subprocess.Popen(["bash", "-c", script, "run", ROOT, folder], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def lives(pid: int) -> bool:
    status = pathlib.Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_suite_ends_with_all_that_it_started(tmp_path, number):
    run = started(tmp_path)
    pid, deadline = tmp_path / "pid", time.monotonic() + 10
    while not (text := pid.read_text() if pid.exists() else ""):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    sleeper = int(text)
    os.kill(run.pid, number)
    output, _ = run.communicate(timeout=15)
    assert run.returncode == 130 and "cleaned up" in output, output
    deadline = time.monotonic() + 10
    while lives(sleeper):
        assert time.monotonic() < deadline, "what the suite started still runs"
        time.sleep(0.02)


def commands_with(word: str) -> list[str]:
    """The command lines, of all processes, that have it."""
    found = []
    for line in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = line.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if word in text:
            found.append(text)
    return found


def test_a_suite_that_has_only_just_been_started_ends_too(tmp_path):
    run = started(tmp_path, AT_ONCE)
    output, _ = run.communicate(timeout=60)
    assert run.returncode == 130 and "cleaned up" in output, output
    deadline = time.monotonic() + 10
    while left := commands_with(str(tmp_path)):
        assert time.monotonic() < deadline, left
        time.sleep(0.02)
