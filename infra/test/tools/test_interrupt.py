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
run_suite slow bounded bash -c 'sleep 1000 & echo $! > "$0/pid"; wait' "$2"
"""


def lives(pid: int) -> bool:
    status = pathlib.Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_suite_ends_with_all_that_it_started(tmp_path, number):
    run = subprocess.Popen(["bash", "-c", SCRIPT, "run", ROOT, tmp_path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
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
