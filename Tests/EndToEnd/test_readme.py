"""The story of README.md, run as it stands there."""
import os
import re
import subprocess

from contract import ROOT

PRELUDE = 'curl() { command curl --fail-with-body "$@"; }\n'


def story() -> str:
    section = re.search(r"^## The story, with curl\n(.*?)^## ", (ROOT / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return "".join(re.findall(r"^```sh\n(.*?)^```$", section[1], re.MULTILINE | re.DOTALL))


def test_the_curl_commands_of_the_readme_work(stack):
    assert story().count("curl -s") > 15
    done = subprocess.run(["bash", "-euo", "pipefail", "-c", PRELUDE + story()], env=os.environ | {"LYCEUM_STACK_JSON": str(stack.path)}, cwd=ROOT,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert '"coursePercent":60' in done.stdout and re.search(r"200 \d{5,} bytes, ", done.stdout), done.stdout[-2000:]
