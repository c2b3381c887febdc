"""The description that a running stack gives of itself (stack.json)."""
import json
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
VARIABLES = ("LYCEUM_STACK_JSON", "LYCEUM_TEST_STACK")


class NoStack(Exception):
    """There is no stack to talk to; the text says how to start one."""


class Stack:
    def __init__(self, path: pathlib.Path):
        if not path.exists():
            raise NoStack(f"{path} is not there: `make run` starts a stack")
        self.path = path
        self.text = json.loads(path.read_text())
        if "gateway" not in self.text:
            raise NoStack(f"{path} describes stores alone, without services")

    @classmethod
    def named(cls, path: str | None = None) -> "Stack":
        """The one named, else the one that the environment names, else the developer's own."""
        named = path or next((os.environ[name] for name in VARIABLES if os.environ.get(name)), None)
        return cls(pathlib.Path(named) if named else pathlib.Path(os.environ.get("LYCEUM_DEV", ROOT / ".dev")) / "stack.json")

    def __getitem__(self, name: str):
        return self.text[name]

    @property
    def logs(self) -> pathlib.Path:
        return pathlib.Path(self.text["logs"])

    @property
    def clip(self) -> pathlib.Path:
        return pathlib.Path(self.text["clip"])
