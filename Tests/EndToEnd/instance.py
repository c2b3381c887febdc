"""One more instance of a service, beside the one of the stack: with other settings, on ports of its own."""
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import time

import requests
from stack import Stack
from waiting import PATIENCE, until

START_SECONDS = 60
STOP_SECONDS = 60
SMALL_DISK = ["unshare", "--map-root-user", "--mount", "sh", "-c", 'mount -t tmpfs -o size="$1" lyceum "$0" && shift && exec "$@"']


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment_of(stack: Stack) -> dict[str, str]:
    """What the stack's own processes are configured with."""
    lines = (pathlib.Path(stack["directory"]) / "environment").read_text().splitlines()
    return dict(shlex.split(line)[1].split("=", 1) for line in lines)


class Instance:
    """`lyceum serve SERVICE`, ended with its block."""

    def __init__(self, stack: Stack, service: str, disk: tuple[pathlib.Path, int] | None = None, **settings: str):
        """`settings`: configuration without its prefix, `DRAIN_DELAY="1s"`. `disk`: a folder that for this process alone is a disk of so many bytes."""
        self.service, self.port, self.admin_port = service, free_port(), free_port()
        name = service.upper()
        own = {f"{name}_PORT": str(self.port), f"{name}_ADMIN_PORT": str(self.admin_port)} | settings
        self.environment = os.environ | environment_of(stack) | {f"LYCEUM_{key}": value for key, value in own.items()}
        self._command = [*(SMALL_DISK + [disk[0], str(disk[1])] if disk else []), f"{stack['binaries']}/lyceum", "serve", service]
        self.log = pathlib.Path(stack["logs"]) / f"instance-{service}-{self.port}.log"
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Instance":
        self.start()
        return self

    def __exit__(self, *problem) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin(self) -> str:
        return f"http://127.0.0.1:{self.admin_port}"

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until(f"{self.service} on port {self.port} is ready (log: {self.log})", self._is_ready, START_SECONDS)

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, f"{self.service} ended with {self.process.returncode}: {self.log.read_text()[-2000:]}"
        try:
            return requests.get(self.admin + "/health/ready", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self) -> tuple[int, float]:
        """SIGTERM; its exit status and the seconds that it took."""
        begin = time.monotonic()
        self.process.terminate()
        status = self.process.wait(STOP_SECONDS * PATIENCE)
        return status, time.monotonic() - begin

    @property
    def descriptors(self) -> int:
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))
