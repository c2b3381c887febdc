"""PostgreSQL as its administrator sees it: statements in any database, and a session that holds a lock."""
import contextlib
import os
import subprocess
import urllib.parse
from collections.abc import Iterator

from client import StoryFailed
from stack import Stack
from waiting import until

PSQL = "/usr/lib/postgresql/15/bin/psql"


class Database:
    def __init__(self, stack: Stack, name: str):
        server = urllib.parse.urlsplit(stack["stores"]["postgres"])
        self.url = urllib.parse.urlunsplit(server._replace(path=f"/{name}"))
        bare = server._replace(netloc=server.netloc.replace(f":{server.password}@", "@"), path=f"/{name}")
        self._command = [PSQL, "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", urllib.parse.urlunsplit(bare)]
        self._environment = os.environ | {"PGPASSWORD": urllib.parse.unquote(server.password or ""), "PGCONNECT_TIMEOUT": "5"}

    @classmethod
    def of(cls, stack: Stack, service: str) -> "Database":
        return cls(stack, f"lyceum_{service}")

    def rows(self, statement: str) -> list[list[str]]:
        done = subprocess.run(self._command, input=statement, env=self._environment, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise StoryFailed(f"psql: {done.stderr.strip()[:500]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def number(self, statement: str) -> int:
        return int(self.rows(statement)[0][0])

    @property
    def answers(self) -> bool:
        with contextlib.suppress(StoryFailed):
            return self.number("select 1") == 1
        return False

    @contextlib.contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Nobody else reads or writes the table within this block."""
        script = f"begin; lock table {table} in access exclusive mode;\n"
        session = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=self._environment, text=True)
        try:
            session.stdin.write(script)
            session.stdin.flush()
            held = f"select count(*) from pg_locks where relation = '{table}'::regclass and mode = 'AccessExclusiveLock' and granted"
            until(f"{table} is locked", lambda: self.number(held) == 1, 20)
            yield
        finally:
            session.stdin.close()
            session.wait(20)
