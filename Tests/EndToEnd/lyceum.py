"""The built programs, run by hand with the stack's configuration."""
import os
import subprocess

from stack import Stack


class Program:
    def __init__(self, stack: Stack, name: str, environment: dict[str, str] | None = None):
        """`environment`: what differs from the stack's own configuration, where that does not set it."""
        self.path = f"{stack['bin']}/{name}"
        self.environment = os.environ | (environment or {})

    def run(self, *words: str, seconds: float = 120) -> subprocess.CompletedProcess:
        return subprocess.run([self.path, *words], env=self.environment, capture_output=True, text=True, timeout=seconds)

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen([self.path, *words], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
