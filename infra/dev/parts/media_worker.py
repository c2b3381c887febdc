"""The media worker: leases jobs from the media service and runs each in a sandboxed child."""
from ..part import Part, Program, http_answers


class MediaWorker(Part):
    name = "media-worker"
    port_names = ["mediaWorkerAdmin"]

    def __init__(self, setting, services):
        super().__init__(setting)
        self.services = services

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['mediaWorkerAdmin']}"

    def programs(self) -> list[Program]:
        command = [str(self.layout.binaries / "lyceum-media"), "worker"]
        # Its files are its stack's: a folder in /tmp would belong to the user who started the first stack of this machine.
        environment = self.services.shared_environment() | self.services.object_keys()
        environment |= {"LYCEUM_MEDIA_TEMPORARY": str(self.layout.data("media-worker"))}
        return [Program("media-worker", "services", command, self.layout.data("services"), environment, stop_seconds=35)]

    def ready(self) -> str | None:
        return http_answers(self.admin_url + "/health/ready")
