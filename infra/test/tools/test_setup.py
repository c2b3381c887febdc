"""Debian packages are installed without starting a server, and the machine is left as it was, however that ends."""
import os
import subprocess

import pytest
from conftest import ROOT

# The real script, with a policy file and an apt-get of the test's own.
SCRIPT = f"""
set -euo pipefail
. {ROOT}/infra/setup/debian.sh
policy=$1/policy-rc.d
as_root() {{ "$@"; }}
status=0
install_packages some-server || status=$?
echo "installed: $status"
"""
APT = """#!/bin/sh
cp "$POLICY" "$POLICY.seen"
kill -s "$SIGNAL" $PPID
exit "$STATUS"
"""
FOREIGN = "#!/bin/sh\nexit 104\n"


@pytest.fixture
def install(tmp_path):
    apt = tmp_path / "apt-get"
    apt.write_text(APT)
    apt.chmod(0o755)

    def install(signal: str = "0", status: int = 0) -> subprocess.CompletedProcess:
        environment = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "POLICY": str(tmp_path / "policy-rc.d"), "SIGNAL": signal, "STATUS": str(status)}
        return subprocess.run(["bash", "-c", SCRIPT, "install", tmp_path], env=environment, capture_output=True, text=True, timeout=30)

    return install


def seen(tmp_path) -> str:
    """The policy while apt-get ran."""
    return (tmp_path / "policy-rc.d.seen").read_text()


@pytest.mark.parametrize("status", [0, 100])
def test_no_server_may_start_while_packages_are_installed_and_then_they_may(install, tmp_path, status):
    done = install(status=status)
    assert done.stdout == f"installed: {status}\n", done.stderr
    assert "exit 101" in seen(tmp_path) and not (tmp_path / "policy-rc.d").exists()


@pytest.mark.parametrize("signal", ["INT", "TERM", "HUP"])
def test_an_interrupted_run_leaves_no_policy(install, tmp_path, signal):
    done = install(signal, 130)
    assert (done.returncode, done.stdout) == (130, ""), done.stderr
    assert "exit 101" in seen(tmp_path) and not (tmp_path / "policy-rc.d").exists()


def test_what_a_killed_run_left_is_taken_for_ours(install, tmp_path):
    install("KILL")
    assert "exit 101" in (tmp_path / "policy-rc.d").read_text()
    assert install().stdout == "installed: 0\n"
    assert not (tmp_path / "policy-rc.d").exists()


@pytest.mark.parametrize("signal", ["0", "INT"])
def test_a_policy_of_the_machine_stays(install, tmp_path, signal):
    (tmp_path / "policy-rc.d").write_text(FOREIGN)
    install(signal)
    assert seen(tmp_path) == (tmp_path / "policy-rc.d").read_text() == FOREIGN
