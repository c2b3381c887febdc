"""PostgreSQL: one cluster, a database and a role for each service that owns one; passwords by SCRAM, loopback only."""
import os
import pathlib
import shutil
import subprocess
import urllib.parse

from ..part import Part, Program, port_answers, unprivileged

OWNERS = ["users", "enrollments", "media", "notifications"]
BINARIES = pathlib.Path("/usr/lib/postgresql/15/bin")


class Postgres(Part):
    name = "postgres"

    def __init__(self, setting):
        super().__init__(setting)
        self.external = setting.external("POSTGRES_URL")
        self.port_names = [] if self.external else ["postgres"]
        self.user = None if self.external else unprivileged("postgres")

    @property
    def url(self) -> str:
        """The superuser's URL."""
        own = f"postgresql://lyceum:{self.passwords['postgres']}@127.0.0.1:{self.ports['postgres']}/postgres"
        return self.external or own

    def service_url(self, service: str) -> str:
        server = urllib.parse.urlsplit(self.url)
        address = server.netloc.rpartition("@")[2]
        netloc = f"lyceum_{service}:{self.passwords['postgres ' + service]}@{address}"
        return urllib.parse.urlunsplit(("postgresql", netloc, f"/lyceum_{service}", server.query, ""))

    def prepare(self) -> None:
        if self.external:
            return
        self.cluster = self.layout.reachable_data("postgres", self.user)
        if "postgres" not in self.passwords:
            # Its passwords went with the rest of the folder: nobody can use what is there.
            shutil.rmtree(self.cluster)
            self.cluster.mkdir()
        if not (self.cluster / "PG_VERSION").exists():
            self._make_cluster()
        settings = self.template("postgresql.conf", port=self.ports["postgres"])
        for name, text in {"postgresql.conf": settings, "pg_hba.conf": self.template("pg_hba.conf")}.items():
            self._own(self.layout.write_private(self.cluster / name, text))

    def _make_cluster(self) -> None:
        secret = self.cluster.parent / "postgres.password"
        self._own(self.layout.write_private(secret, self.passwords["postgres"] + "\n"))
        self._own(self.cluster)
        self.cluster.chmod(0o700)
        command = [BINARIES / "initdb", "-D", self.cluster, "-U", "lyceum", "--auth=scram-sha-256", f"--pwfile={secret}",
                   "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        with self.layout.log("postgres-initdb").open("w") as log:
            done = subprocess.run([*self._as_user(), *command], stdout=log, stderr=log, cwd=self.cluster)
        secret.unlink()
        if done.returncode != 0:
            raise SystemExit(f"initdb failed: see {self.layout.log('postgres-initdb')}")

    def _own(self, path: pathlib.Path) -> None:
        if self.user:
            shutil.chown(path, self.user, self.user)

    def _as_user(self) -> list[str]:
        return ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--init-groups"] if self.user else []

    def programs(self) -> list[Program]:
        if self.external:
            return []
        command = [str(BINARIES / "postgres"), "-D", str(self.cluster)]
        return [Program("postgres", "stores", command, self.cluster, user=self.user, stop_signal="INT")]

    def ready(self) -> str | None:
        server = urllib.parse.urlsplit(self.url)
        port = server.port or 5432
        return port_answers(port, server.hostname or "127.0.0.1") or self._psql("SELECT 1;")

    def settle(self) -> None:
        statements = []
        for service in OWNERS:
            role, password = f"lyceum_{service}", self.passwords["postgres " + service]
            statements += [
                f"SELECT 'CREATE ROLE {role} LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') \\gexec",
                f"ALTER ROLE {role} PASSWORD '{password}';",
                f"SELECT 'CREATE DATABASE {role} OWNER {role}' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{role}') \\gexec",
                f"REVOKE CONNECT ON DATABASE {role} FROM PUBLIC;",
            ]
        problem = self._psql("\n".join(statements))
        if problem:
            raise SystemExit(f"postgres: cannot make the services' databases: {problem}")

    def _psql(self, script: str) -> str | None:
        """Runs a script as the superuser; the password travels in the environment, statements by standard input."""
        server = urllib.parse.urlsplit(self.url)
        environment = os.environ | {"PGPASSWORD": urllib.parse.unquote(server.password or ""), "PGCONNECT_TIMEOUT": "3"}
        bare = urllib.parse.urlunsplit(server._replace(netloc=server.netloc.replace(f":{server.password}@", "@")))
        done = subprocess.run([BINARIES / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", bare], input=script,
                              env=environment, capture_output=True, text=True, timeout=30)
        return None if done.returncode == 0 else done.stderr.strip()[:500]
