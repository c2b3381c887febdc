"""Redis: caches and rate limits, nothing that must survive; with a password, loopback only."""
import urllib.parse

from ..part import Part, Program, port_answers


class Redis(Part):
    name = "redis"

    def __init__(self, setting):
        super().__init__(setting)
        self.external = setting.external("REDIS_URL")
        self.port_names = [] if self.external else ["redis"]

    @property
    def url(self) -> str:
        return self.external or f"redis://:{self.passwords['redis']}@127.0.0.1:{self.ports['redis']}"

    def prepare(self) -> None:
        if self.external:
            return
        text = self.template("redis.conf", port=self.ports["redis"], data=self.layout.data("redis"), password=self.passwords["redis"])
        self.layout.write_private(self.layout.config("redis.conf"), text)

    def programs(self) -> list[Program]:
        if self.external:
            return []
        command = ["redis-server", str(self.layout.config("redis.conf"))]
        return [Program("redis", "stores", command, self.layout.data("redis"))]

    def ready(self) -> str | None:
        server = urllib.parse.urlsplit(self.url)
        return port_answers(server.port or 6379, server.hostname or "127.0.0.1")
