"""RabbitMQ with its own name server (epmd), cookie, node name and user; loopback only, and quiet when idle."""
import base64
import hashlib
import json
import os
import urllib.parse

from ..part import Part, Program, http_answers, port_answers


class RabbitMQ(Part):
    name = "rabbitmq"

    def __init__(self, setting):
        super().__init__(setting)
        self.external = setting.external("RABBITMQ_URL")
        self.port_names = [] if self.external else ["rabbitmq", "rabbitmqManagement", "rabbitmqDistribution", "epmd"]

    @property
    def url(self) -> str:
        return self.external or f"amqp://lyceum:{self.passwords['rabbitmq']}@127.0.0.1:{self.ports['rabbitmq']}"

    @property
    def management_url(self) -> str | None:
        if self.external:
            return self.setting.external("RABBITMQ_MANAGEMENT_URL")
        return f"http://lyceum:{self.passwords['rabbitmq']}@127.0.0.1:{self.ports['rabbitmqManagement']}"

    def prepare(self) -> None:
        if self.external:
            return
        definitions = self.layout.write_private(self.layout.config("rabbitmq-definitions.json"), json.dumps(self._definitions(), indent=1))
        self.layout.config("rabbitmq.conf").write_text(self.template(
            "rabbitmq.conf", port=self.ports["rabbitmq"], management=self.ports["rabbitmqManagement"], definitions=definitions))
        self.layout.config("rabbitmq-plugins").write_text("[rabbitmq_management].\n")
        cookie = self.layout.data("rabbitmq") / ".erlang.cookie"
        if not cookie.exists():
            self.layout.write_private(cookie, self.passwords["erlang cookie"])
            cookie.chmod(0o400)

    def _definitions(self) -> dict:
        """The one user; RabbitMQ keeps a salted SHA-256 of the password."""
        salt = hashlib.sha256(self.passwords["rabbitmq"].encode()).digest()[:4]
        digest = base64.b64encode(salt + hashlib.sha256(salt + self.passwords["rabbitmq"].encode()).digest()).decode()
        return {
            "users": [{"name": "lyceum", "password_hash": digest, "hashing_algorithm": "rabbit_password_hashing_sha256", "tags": "administrator"}],
            "vhosts": [{"name": "/"}],
            "permissions": [{"user": "lyceum", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}],
        }

    def programs(self) -> list[Program]:
        if self.external:
            return []
        home = self.layout.data("rabbitmq")
        epmd = {"ERL_EPMD_PORT": str(self.ports["epmd"]), "ERL_EPMD_ADDRESS": "127.0.0.1"}
        environment = epmd | {
            "HOME": str(home),
            "RABBITMQ_NODENAME": f"lyceum{self.layout.id}@localhost",
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_CONFIG_FILE": str(self.layout.config("rabbitmq.conf")),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "none"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.layout.config("rabbitmq-plugins")),
            "RABBITMQ_PID_FILE": str(home / "pid"),
            "RABBITMQ_DIST_PORT": str(self.ports["rabbitmqDistribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS":
                "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +SDio 2 +A 8 +sbwt none +sbwtdcpu none +sbwtdio none",
        }
        name_server = [str(self.layout.venv / "bin/python"), str(self.layout.root / "infra/dev/loopback_epmd.py"), str(self.ports["epmd"])]
        return [
            Program("epmd", "stores", name_server, home, epmd),
            Program("rabbitmq", "stores", ["/usr/lib/rabbitmq/bin/rabbitmq-server"], home, environment, stop_seconds=25),
        ]

    def ready(self) -> str | None:
        server = urllib.parse.urlsplit(self.url)
        problem = port_answers(server.port or 5672, server.hostname or "127.0.0.1")
        return problem or (None if self.external else http_answers(f"http://127.0.0.1:{self.ports['rabbitmqManagement']}/"))
