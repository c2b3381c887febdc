"""schemathesis against the gateway, as one person at a time: what it asked, and what answers the contract does not promise."""
import dataclasses
import json
import pathlib
import subprocess
import sys
import tomllib

from contract import ROOT
from stack import Stack

FOLDER = pathlib.Path(__file__).parent
# Beyond the time that it was given: loading, the request that is under way, and the report.
GRACE_SECONDS = 90
EXTRA = []


@dataclasses.dataclass(frozen=True)
class Person:
    """Who asks, and ids of things that are there for them to ask about."""

    name: str
    token: str | None
    ids: dict[str, list[str]]


@dataclasses.dataclass(frozen=True)
class Asked:
    person: str
    seed: int
    output: str
    report: dict

    @property
    def succeeded(self) -> set[str]:
        """The operations that answered with success at least once."""
        rates = self.report["valid_rates"]
        return {operation for operation, phases in rates.items() if any(counts["accepted"] for counts in phases.values())}

    @property
    def faults(self) -> list[str]:
        told = [f"{fault['code']} {fault['title']}: {', '.join(fault['operations'])}" for fault in self.report["failures"]]
        return told + [f"error: {error}" for error in self.report["errors"]]

    def __str__(self) -> str:
        operations, cases = self.report["operations"], self.report["test_cases"]
        return (f"{self.person:<10} seed {self.seed}: {cases['generated']} requests to {operations['tested']} operations in {self.report['running_time']:.0f} s, "
                f"{len(self.succeeded)} of them with success, {len(self.faults)} kinds of faults")


def ask(stack: Stack, person: Person, seconds: int, seed: int, folder: pathlib.Path) -> Asked:
    """Asks for `seconds`; everything is written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "schemathesis.toml").write_text((FOLDER / "schemathesis.toml").read_text().replace('"hooks"', f'"{FOLDER / "hooks.py"}"') + _dictionaries(person))
    tomllib.loads((folder / "schemathesis.toml").read_text())
    command = [str(pathlib.Path(sys.executable).parent / "schemathesis"), "--config-file", "schemathesis.toml", "run", str(ROOT / "docs/openapi.yaml"),
               "--url", stack["gateway"], "--seed", str(seed), "--max-time", str(seconds), "--no-color", "--report", "json", "--report-json-path", "report.json"]
    command += EXTRA
    if person.token:
        command += ["--header", f"Authorization: Bearer {person.token}"]
    done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds + GRACE_SECONDS)
    (folder / "output.txt").write_text(done.stdout + done.stderr)
    if not (folder / "report.json").exists():
        raise RuntimeError(f"schemathesis ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return Asked(person.name, seed, done.stdout, json.loads((folder / "report.json").read_text()))


def _dictionaries(person: Person) -> str:
    """The ids as dictionaries of schemathesis: mostly something that is there, sometimes what it makes up."""
    lines = []
    for name, values in person.ids.items():
        lines += [f"[dictionaries.{name}]", f"values = {json.dumps(values)}", f"[parameters.\"path.{name}\"]", f'dictionary = "{name}"', "probability = 0.6"]
    lines += ["[dictionaries.revision]", "values = ['*']", "[parameters.\"header.If-Match\"]", 'dictionary = "revision"', "probability = 0.6"]
    return "\n" + "\n".join(lines) + "\n"
