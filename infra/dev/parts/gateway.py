"""The gateway: Envoy, configured from infra/gateway."""
from gateway.configuration import Endpoint, render

from ..part import Part, Program, http_answers
from ..ports import SERVICES
from .collector import trace_ratio


class Gateway(Part):
    name = "gateway"
    port_names = ["gateway", "envoyAdmin"]

    def __init__(self, setting):
        super().__init__(setting)
        self.trace_ratio = trace_ratio()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports['gateway']}"

    def prepare(self) -> None:
        gateway = self.ports["gateway"]
        text = render(
            listen=gateway,
            admin=self.ports["envoyAdmin"],
            upstreams={service: [Endpoint("127.0.0.1", self.ports[service])] for service in SERVICES} | {"web": [Endpoint("127.0.0.1", self.ports["web"])]},
            origins=[f"http://127.0.0.1:{gateway}", f"http://localhost:{gateway}"],
            access_log=str(self.layout.log("gateway-access")),
            trace_ratio=self.trace_ratio,
        )
        self.layout.config("envoy.yaml").write_text(text)

    def programs(self) -> list[Program]:
        command = [str(self.layout.envoy), "-c", str(self.layout.config("envoy.yaml")), "--disable-hot-restart",
                   "--concurrency", "2", "--log-level", "warning", "--file-flush-interval-msec", "500"]
        return [Program("gateway", "doors", command, self.layout.data("gateway"))]

    def check_command(self) -> list[str]:
        return [str(self.layout.envoy), "--mode", "validate", "-c", str(self.layout.config("envoy.yaml")), "--log-level", "warning"]

    def ready(self) -> str | None:
        return http_answers(f"http://127.0.0.1:{self.ports['envoyAdmin']}/ready") or http_answers(self.url + "/healthz")
