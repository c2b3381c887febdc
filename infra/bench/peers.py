"""The peers: small servers in Go and Rust that answer the same kind of requests from the same PostgreSQL, where their folder is there."""
import hashlib
import hmac
import base64
import json
import lzma
import os
import pathlib
import subprocess
import time

from dev.part import http_answers
from dev.ports import holder, is_free

from .product import Product, psql
from .usage import Server
from .wrk import Ask, Load

VARIABLE = "LYCEUM_BENCH_PEERS"
POSTGRES_PORT = 21432
"""Where the peers' binaries seek PostgreSQL; they take no other."""
PEERS = {"Rust (axum)": ("rust_peer", 21005), "Go (pgx)": ("go_peer", 21004)}
SECRET = b"bench-only-secret-key-which-is-long-enough-for-hs256"
"""What they check tokens with: it is in their sources."""
COURSES, USERS, CATEGORIES = 10_000, 1_000, 20


def folder(root: pathlib.Path) -> pathlib.Path:
    return pathlib.Path(os.environ.get(VARIABLE) or root.parent / "shared/peers")


def absence(place: pathlib.Path) -> str | None:
    """Why there is nobody to compare with; None when there is."""
    if not (place / "sql/schema.sql").exists():
        return f"no peers in {place} ({VARIABLE} names another folder)"
    taken = [port for port in [POSTGRES_PORT, *(port for _, port in PEERS.values())] if not is_free(port)]
    return f"port {taken[0]}, which the peers need, is taken by {holder(taken[0])}" if taken else None


class Peers:
    def __init__(self, place: pathlib.Path, product: Product, password_hash: str):
        self.place = place
        self.product = product
        self.tokens = product.layout.dir / "peer-tokens.txt"
        self.processes: dict[str, subprocess.Popen] = {}
        self._let_in()
        psql(f"postgresql://bench@127.0.0.1:{POSTGRES_PORT}/postgres", (place / "sql/schema.sql").read_text(), ph="argon2" + password_hash)
        self.tokens.write_text("".join(self._token(user) + "\n" for user in range(1, USERS + 1)))

    def _let_in(self) -> None:
        """The peers say no password: a role that needs none, in the cluster of this run alone."""
        url = self.product.stores["postgres"].url
        rules = pathlib.Path(psql(url, "show hba_file").strip())
        rules.write_text("host postgres bench 127.0.0.1/32 trust\n" + rules.read_text())
        psql(url, "create role bench superuser login; select pg_reload_conf()")

    def start(self) -> None:
        binaries = self.product.layout.data("peers")
        for name, (peer, port) in PEERS.items():
            binary = binaries / peer
            binary.write_bytes(lzma.decompress((self.place / peer / "server.xz").read_bytes()))
            binary.chmod(0o755)
            with self.product.layout.log(peer).open("wb") as log:
                self.processes[name] = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", binary], cwd=self.place, stdin=subprocess.DEVNULL,
                                                        stdout=log, stderr=log, env=os.environ | {"LYCEUM_STACK": self.product.layout.id})
            deadline = time.monotonic() + 10
            while problem := http_answers(f"http://127.0.0.1:{port}/healthz"):
                if self.processes[name].poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"{name}: {problem}; its log: {self.product.layout.log(peer)}")
                time.sleep(0.01)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
            process.wait(timeout=15)
        self.processes.clear()

    def load(self, name: str, asks: list[Ask]) -> Load:
        return Load(f"http://127.0.0.1:{PEERS[name][1]}", asks, self.tokens)

    def servers(self, name: str) -> list[Server]:
        return [Server(name, self.processes[name].pid), self.product.postgres]

    @staticmethod
    def _token(user: int) -> str:
        def part(raw: bytes) -> str:
            return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        head = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
        body = part(json.dumps({"sub": str(user), "aud": "bench", "exp": int(time.time()) + 7200}).encode())
        return f"{head}.{body}." + part(hmac.new(SECRET, f"{head}.{body}".encode(), hashlib.sha256).digest())
