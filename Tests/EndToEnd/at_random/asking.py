"""schemathesis against the gateway, as one person at a time: what it asked, and what answers the contract does not promise."""
import dataclasses
import enum
import json
import os
import pathlib
import subprocess
import sys

from contract import ROOT
from stack import Stack

FOLDER = pathlib.Path(__file__).parent
# Beyond the time that it was given: loading, the request that is under way, and the report.
GRACE_SECONDS = 90


@dataclasses.dataclass(frozen=True)
class Person:
    """Who asks."""

    name: str
    token: str | None
    ids: dict[str, list[str]]
    """Of things that are there, the own ones first, by the names of parameters."""
    examples: dict[str, dict]
    """What the contract's examples should name: by operation, values by name; `*` is for all operations."""


class Manner(enum.Enum):
    """How it is asked."""

    BORDERS = "examples,coverage"
    """The contract's examples, and each border of each schema, about the own things: the same in each run with a seed."""
    ENDLESS = "fuzzing,stateful"
    """Bodies and parameters that fit or do not, and walks along the contract's links, for as long as there is time."""


@dataclasses.dataclass(frozen=True)
class Asked:
    person: str
    manner: Manner
    seed: int
    output: str
    report: dict

    @property
    def succeeded(self) -> set[str]:
        """The operations that answered with success at least once."""
        rates = self.report["valid_rates"]
        return {operation for operation, phases in rates.items() if any(counts["accepted"] for counts in phases.values())}

    @property
    def came_true(self) -> set[str]:
        """The operations whose example in the contract was answered with success."""
        return {operation for operation, phases in self.report["valid_rates"].items() if phases.get("examples", {}).get("accepted")}

    @property
    def faults(self) -> list[str]:
        told = [f"{fault['code']} {fault['title']}: {', '.join(fault['operations'])}" for fault in self.report["failures"]]
        return told + [f"error: {error}" for error in self.report["errors"]]

    def __str__(self) -> str:
        operations, cases = self.report["operations"], self.report["test_cases"]
        return (f"{self.person:<10} {self.manner.value:<17} seed {self.seed}: {cases['generated']:>5} requests to {operations['tested']} operations, "
                f"{len(self.succeeded)} of them with success, {len(self.faults)} kinds of faults, {self.report['running_time']:.0f} s")


def ask(stack: Stack, person: Person, manner: Manner, seconds: int, seed: int, folder: pathlib.Path) -> Asked:
    """Asks for `seconds` at most; everything is written to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    settings = (FOLDER / "schemathesis.toml").read_text().replace('"hooks.py"', json.dumps(str(FOLDER / "hooks.py")))
    (folder / "schemathesis.toml").write_text(settings + (_dictionaries(person) if manner is Manner.ENDLESS else ""))
    own = {name: values[0] for name, values in person.ids.items() if values}
    examples = folder / "examples.json"
    examples.write_text(json.dumps(person.examples | {"*": own | person.examples["*"]}))
    program = pathlib.Path(sys.executable).parent / "schemathesis"
    command = [str(program), "--config-file", "schemathesis.toml", "run", str(ROOT / "docs/openapi.yaml"),
               "--url", stack["gateway"], "--seed", str(seed), "--phases", manner.value, "--max-time", str(seconds),
               "--no-color", "--report", "json", "--report-json-path", "report.json"]
    if person.token:
        command += ["--header", f"Authorization: Bearer {person.token}"]
    done = subprocess.run(command, cwd=folder, env=os.environ | {"LYCEUM_EXAMPLES": str(examples)}, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=seconds + GRACE_SECONDS)
    (folder / "output.txt").write_text(done.stdout + done.stderr)
    if not (folder / "report.json").exists():
        raise RuntimeError(f"schemathesis ended with {done.returncode}:\n{(done.stdout + done.stderr)[-3000:]}")
    return Asked(person.name, manner, seed, done.stdout, json.loads((folder / "report.json").read_text()))


def _dictionaries(person: Person) -> str:
    """The ids, as dictionaries of schemathesis: mostly one that is there, sometimes what it makes up."""
    known = {f"path.{name}": values for name, values in person.ids.items() if values} | {"header.If-Match": ["*"]}
    return "".join(f"""
[dictionaries.{place.replace(".", "-")}]
values = {json.dumps(values)}

[parameters."{place}"]
dictionary = "{place.replace(".", "-")}"
probability = 0.6
""" for place, values in known.items())
