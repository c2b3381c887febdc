"""The search engine: noida-db, which speaks Elasticsearch's API."""
from ..part import Part, Program, http_answers


class Elasticsearch(Part):
    name = "elasticsearch"

    def __init__(self, setting):
        super().__init__(setting)
        self.external = setting.external("ELASTICSEARCH_URL")
        self.port_names = [] if self.external else ["elasticsearch"]

    @property
    def url(self) -> str:
        return self.external or f"http://127.0.0.1:{self.ports['elasticsearch']}"

    def programs(self) -> list[Program]:
        if self.external:
            return []
        data = self.layout.data("elasticsearch")
        command = [str(self.layout.packages / "noida_db/noida-db"), "start", "--only", "elasticsearch", "--host", "127.0.0.1",
                   "--elasticsearch-port", str(self.ports["elasticsearch"]), "--data-dir", str(data)]
        return [Program("elasticsearch", "stores", command, data)]

    def ready(self) -> str | None:
        return http_answers(self.url)
