"""What a stack writes into its folder: its passwords, and who holds it."""
import concurrent.futures
import json
import os
import pathlib
import stat
import subprocess
import sys

import pytest
from conftest import ROOT

from dev import leftovers
from dev.bring_up import BringUp
from dev.description import describe
from dev.layout import Layout
from dev.part import Setting
from dev.parts import platform, stores
from dev.passwords import Passwords
from dev.ports import Ports


@pytest.fixture
def layout(tmp_path) -> Layout:
    return Layout(ROOT, tmp_path, pathlib.Path(sys.prefix), tmp_path / "no-binaries")


def test_passwords_that_are_asked_for_at_once_are_all_kept(layout):
    passwords, names = Passwords(layout), [f"name {number}" for number in range(40)]
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        made = dict(zip(names * 5, pool.map(passwords.__getitem__, names * 5)))
    assert json.loads((layout.dir / "passwords.json").read_text()) == made
    assert {name: Passwords(layout)[name] for name in names} == made
    assert stat.S_IMODE((layout.dir / "passwords.json").stat().st_mode) == 0o600


def test_the_process_that_holds_a_stack_is_known(layout):
    leftovers.write_owner(layout)
    assert leftovers.owner(layout).pid == os.getpid()


@pytest.mark.parametrize("text", ["{pid}\n", "{pid} 1\n", "", "x y\n", "999999999 1\n"])
def test_a_pid_that_has_become_somebody_elses_is_nobody(layout, text):
    layout.owner.write_text(text.format(pid=os.getpid()))
    assert leftovers.owner(layout) is None


def test_down_ends_no_other_python_program(layout):
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        layout.owner.write_text(f"{other.pid} 1\n")
        command = [sys.executable, "-m", "dev", "--dir", layout.dir, "down"]
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT / "infra")}, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout) == (0, "nothing was running\n"), done.stderr
        assert other.poll() is None
    finally:
        other.communicate(b"\n")
    assert other.returncode == 0


def test_a_start_that_fails_in_an_unforeseen_way_leaves_nothing_running(layout, monkeypatch):
    bring_up = BringUp(layout, Ports.free(), only_stores=True, detached=True, seed=False)
    running = []

    def fail():
        running.append(subprocess.Popen(["sleep", "1000"], env=os.environ | {"LYCEUM_STACK": layout.id}))
        raise ZeroDivisionError

    monkeypatch.setattr(bring_up, "_start", fail)
    with pytest.raises(ZeroDivisionError):
        bring_up.run()
    assert running[0].wait(10) != 0 and not layout.owner.exists()


def test_the_media_worker_keeps_its_files_in_the_stack_and_says_itself_whether_it_is_ready(layout):
    ports = Ports.free()
    setting = Setting(layout, ports, Passwords(layout))
    beside = stores(setting)
    services, worker, *_ = platform(setting, beside)
    (program,) = worker.programs()
    assert pathlib.Path(program.environment["LYCEUM_MEDIA_TEMPORARY"]).is_relative_to(layout.dir)
    assert worker.ready().startswith(f"http://127.0.0.1:{ports['mediaWorkerAdmin']}/health/ready: ")
    told = describe(layout, ports, {store.name: store for store in beside}, services, worker, {})
    assert told["worker"] == {"admin": f"http://127.0.0.1:{ports['mediaWorkerAdmin']}"}
