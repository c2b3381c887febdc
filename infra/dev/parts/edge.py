"""The CDN's edge and the static pages behind the gateway: one nginx, configured from infra/edge and infra/web."""
import os
import pathlib
import string

from ..part import Part, Program, http_answers


class NginxTemplate(string.Template):
    """@{name} stands for a value: $ is nginx's own."""

    delimiter = "@"


class Edge(Part):
    name = "edge"
    port_names = ["edge", "web"]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['edge']}"

    def prepare(self) -> None:
        infra = self.layout.root / "infra"
        values = {
            "root": self.layout.root,
            "infra": infra,
            "edge_port": self.ports["edge"],
            "web_port": self.ports["web"],
            "delivery": f"127.0.0.1:{self.ports['delivery']}",
            "edge_origin": self.url,
            "playback_keys": self.layout.keys / "playback.keys",
            "data": self.layout.data("edge"),
            "cache": self.layout.data("edge-cache"),
            "assets": self.layout.assets,
            "demo": self.layout.demo_login,
            "access_log": self.layout.log("edge-access"),
            "error_log": self.layout.log("edge"),
            # As root the workers stay root: they read the checkout and the keys, wherever those lie.
            "user": "user root;" if os.getuid() == 0 else "",
        }
        text = NginxTemplate((infra / "edge/nginx.conf.template").read_text()).substitute({key: str(value) for key, value in values.items()})
        self.layout.config("nginx.conf").write_text(text)

    def _command(self) -> list[str]:
        return ["/usr/sbin/nginx", "-p", str(self.layout.data("edge")), "-e", str(self.layout.log("edge")), "-c", str(self.layout.config("nginx.conf"))]

    def check_command(self) -> list[str]:
        return [*self._command(), "-t", "-q"]

    def programs(self) -> list[Program]:
        return [Program("edge", "doors", self._command(), pathlib.Path(self.layout.data("edge")), stop_signal="QUIT")]

    def ready(self) -> str | None:
        return http_answers(self.url + "/healthz") or http_answers(f"http://127.0.0.1:{self.ports['web']}/reference/")
