"""What the caller's environment may tell `make test`."""
import os
import re
import subprocess

from conftest import ROOT


def left_of(environment: dict[str, str]) -> set[str]:
    """The variables of an environment that a test run still has."""
    script = f". {ROOT}/infra/test/environment.sh; compgen -e"
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", script], env=os.environ | environment, capture_output=True, text=True, check=True)
    return set(done.stdout.split()) & set(environment)


def test_no_server_of_the_caller_is_used():
    named = {name for path in (ROOT / "infra/dev").rglob("*.py") for name in re.findall(r'external\("(\w+)"\)', path.read_text())}
    assert {"POSTGRES_URL", "ELASTICSEARCH_URL", "RABBITMQ_MANAGEMENT_URL"} <= named
    assert left_of({name: "http://127.0.0.1:1" for name in named}) == set()


def test_no_setting_of_another_stack_is_used():
    others = ["LYCEUM_STACK_JSON", "LYCEUM_USERS_POSTGRES_URL", "LYCEUM_RABBITMQ_URL_FILE", "LYCEUM_SEARCH_ALIAS", "LYCEUM_BINARIES", "LYCEUM_STACK"]
    assert left_of({name: "x" for name in others}) == set()


def test_what_is_said_to_the_tests_is_heard():
    assert left_of({"LYCEUM_DEV": "x", "LYCEUM_TESTS": "x", "LYCEUM_PATIENCE": "3"}) == {"LYCEUM_DEV", "LYCEUM_TESTS", "LYCEUM_PATIENCE"}
