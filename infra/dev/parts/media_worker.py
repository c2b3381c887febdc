"""The media worker: leases jobs from the media service and runs each in a sandboxed child."""
from ..part import Part, Program


class MediaWorker(Part):
    name = "media-worker"
    port_names = ["mediaWorkerAdmin"]

    def __init__(self, setting, services):
        super().__init__(setting)
        self.services = services

    def programs(self) -> list[Program]:
        command = [str(self.layout.binaries / "lyceum-media"), "worker"]
        return [Program("media-worker", "services", command, self.layout.data("services"),
                        self.services.shared_environment(), stop_seconds=35)]
