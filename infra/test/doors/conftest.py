"""Starts the gateway and the edge on free ports, with stand-ins for the services behind them."""
import json
import pathlib
import subprocess
import sys
import time

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "infra"), str(pathlib.Path(__file__).parent)]

from dev.layout import Layout  # noqa: E402
from dev.part import Setting  # noqa: E402
from dev.parts.edge import Edge  # noqa: E402
from dev.parts.gateway import Gateway  # noqa: E402
from dev.passwords import Passwords  # noqa: E402
from dev.ports import SERVICES, Ports  # noqa: E402
from origin import StandIn  # noqa: E402


TRACE_RATIO = 0.5


class Keys:
    """The users service's signing key, and anybody else's."""

    def __init__(self):
        self.own = ec.generate_private_key(ec.SECP256R1())
        self.foreign = ec.generate_private_key(ec.SECP256R1())

    @property
    def public(self) -> dict:
        key = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.own.public_key()))
        return {"keys": [key | {"kid": "1", "alg": "ES256", "use": "sig"}]}

    def token(self, key=None, kid="1", **claims) -> str:
        now = int(time.time())
        body = {"iss": "lyceum", "aud": "lyceum-api", "sub": "018f", "iat": now, "exp": now + 600, "roles": ["student"]} | claims
        return jwt.encode(body, key or self.own, algorithm="ES256", headers={"kid": kid})


class Doors:
    def __init__(self, folder: pathlib.Path):
        self.layout = Layout(ROOT, folder, pathlib.Path(sys.prefix), ROOT / ".build/debug")
        self.ports = Ports.free()
        self.keys = Keys()
        setting = Setting(self.layout, self.ports, Passwords(self.layout))
        self.gateway, self.edge = Gateway(setting), Edge(setting)
        self.gateway.trace_ratio = TRACE_RATIO
        self.services = {}
        self.processes = []

    def start(self):
        self.layout.keys.mkdir()
        for name in SERVICES:
            fixed = {"/.well-known/jwks.json": self.keys.public} if name == "users" else None
            self.services[name] = StandIn(name, self.ports[name], fixed)
        for part in (self.edge, self.gateway):
            part.prepare()
            (program,) = part.programs()
            log = self.layout.log(program.name + "-output").open("w")
            self.processes.append(subprocess.Popen(program.command, cwd=program.directory, stdout=log, stderr=log))
        deadline = time.monotonic() + 20
        while problem := self.gateway.ready() or self.edge.ready() or self._keys_missing():
            assert time.monotonic() < deadline, problem
            time.sleep(0.05)

    def _keys_missing(self) -> str | None:
        return None if any(seen["path"] == "/.well-known/jwks.json" for seen in self.services["users"].seen) else "the gateway has no keys yet"

    def stop(self):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(20)
        for service in self.services.values():
            service.stop()


@pytest.fixture(scope="session")
def doors(tmp_path_factory):
    doors = Doors(tmp_path_factory.mktemp("doors"))
    try:
        doors.start()
        yield doors
    finally:
        doors.stop()
