"""The built programs, run by hand with the stack's configuration."""
import subprocess

from stack import Stack


class Program:
    def __init__(self, stack: Stack, name: str):
        self.path = f"{stack['bin']}/{name}"

    def run(self, *words: str, seconds: float = 120) -> subprocess.CompletedProcess:
        return subprocess.run([self.path, *words], capture_output=True, text=True, timeout=seconds)

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen([self.path, *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
