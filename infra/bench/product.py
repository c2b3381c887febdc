"""The product under load: the stores of a stack of its own, and the services that are measured, release build, each a process."""
import os
import pathlib
import signal
import subprocess
import time

import pymongo

from dev.layout import Layout
from dev.part import Setting, http_answers
from dev.parts import stores
from dev.parts.postgres import BINARIES
from dev.parts.services import Services
from dev.passwords import Passwords
from dev.ports import Ports
from dev.supervisor import Supervisor

from .usage import Memory, Server

SERVICES = ("users", "courses", "enrollments")
READY_SECONDS = 15


class Product:
    """The stores must be up: `infra/dev/stack up --only-stores`."""

    def __init__(self, layout: Layout, ports: Ports):
        self.layout = layout
        self.stores = {store.name: store for store in stores(Setting(layout, ports, Passwords(layout)))}
        self.services = Services(Setting(layout, ports, Passwords(layout)), list(self.stores.values()))
        self.processes: dict[str, subprocess.Popen] = {}
        self.ready_seconds: dict[str, float] = {}
        supervised = {program["name"]: program["pid"] for program in Supervisor(layout).programs()}
        self.postgres = Server("PostgreSQL", supervised["postgres"], has_children=True)
        self.mongo = Server("MongoDB", supervised["mongo"])
        self.redis = Server("Redis", supervised["redis"])

    def prepare(self) -> None:
        """Keys and schemas."""
        for words in (["keys", "generate", str(self.layout.keys)], ["migrate", "all"]):
            done = subprocess.run([self._binary, *words], env=self._environment(self.services.operator_environment()), capture_output=True, text=True,
                                  timeout=120)
            if done.returncode != 0:
                raise SystemExit(f"lyceum {' '.join(words)}: {done.stderr or done.stdout}")

    def start(self) -> None:
        """One after the other, each to its readiness; users first, for whose keys the others ask."""
        for service in SERVICES:
            environment = self.services.shared_environment() | self.services.own_secrets(service)
            with self.layout.log(service).open("ab") as log:
                begin = time.monotonic()
                self.processes[service] = subprocess.Popen(
                    ["setpriv", "--pdeathsig", "TERM", self._binary, "serve", service], env=self._environment(environment),
                    cwd=self.layout.data("services"), stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            while problem := http_answers(self.services.admin_url(service) + "/health/ready"):
                if self.processes[service].poll() is not None or time.monotonic() - begin > READY_SECONDS:
                    raise SystemExit(f"{service} is not ready: {problem}; its log: {self.layout.log(service)}")
                time.sleep(0.002)
            self.ready_seconds[service] = time.monotonic() - begin

    def stop(self) -> None:
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=35)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    @property
    def _binary(self) -> pathlib.Path:
        return self.layout.binaries / "lyceum"

    def _environment(self, own: dict[str, str]) -> dict[str, str]:
        return os.environ | own | {"LYCEUM_STACK": self.layout.id}

    def url(self, service: str) -> str:
        return self.services.public_url(service)

    def server(self, service: str) -> Server:
        return Server(service, self.processes[service].pid)

    def memory(self, service: str) -> Memory:
        return Memory.of(self.processes[service].pid)

    def sql(self, service: str, script: str) -> str:
        """Runs a script on the database of a service, as the superuser; the rows it answers, tabs between columns."""
        return psql(self.stores["postgres"].url.rpartition("/")[0] + f"/lyceum_{service}", script)

    def courses(self) -> pymongo.MongoClient:
        """A connection to the courses' database, which is the client's default one."""
        return pymongo.MongoClient(self.stores["mongo"].courses_url, uuidRepresentation="standard", serverSelectionTimeoutMS=5000)

    def forget_pages(self) -> None:
        """Empties Redis."""
        redis = self.stores["redis"]
        done = subprocess.run(["redis-cli", "-p", str(redis.ports["redis"]), "--no-auth-warning", "flushall"],
                              env=os.environ | {"REDISCLI_AUTH": redis.passwords["redis"]}, capture_output=True, text=True, timeout=10)
        if done.stdout.strip() != "OK":
            raise SystemExit(f"redis-cli flushall: {done.stdout} {done.stderr}")


def psql(url: str, script: str, seconds: int = 600, **variables: str) -> str:
    settings = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
    done = subprocess.run([BINARIES / "psql", "-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", *settings, "-d", url], input=script,
                          capture_output=True, text=True, timeout=seconds)
    if done.returncode != 0:
        raise SystemExit(f"psql: {done.stderr.strip()[:800]}")
    return done.stdout
