"""Where traces go: the collector that `OTLP_URL` names; with LYCEUM_KEEP_TRACES=1 a fake of the stack's own, which keeps them in traces.jsonl."""
import os
import pathlib

from ..part import Part, Program, port_answers

RATIO = "LYCEUM_TRACE_RATIO"


def trace_ratio() -> float:
    """Of the traces that begin in this stack, so many are kept."""
    text = os.environ.get(RATIO) or "1"
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1
    if not 0 <= ratio <= 1:
        raise SystemExit(f"{RATIO}={text}: not a number from 0 to 1")
    return ratio


class Collector(Part):
    name = "collector"

    def __init__(self, setting):
        super().__init__(setting)
        self.external = setting.external("OTLP_URL")
        self.keeps = not self.external and os.environ.get("LYCEUM_KEEP_TRACES") == "1"
        self.port_names = ["otlp"] if self.keeps else []

    @property
    def file(self) -> pathlib.Path | None:
        """Each request that came, a line each."""
        return self.layout.data("collector") / "traces.jsonl" if self.keeps else None

    def settings(self) -> dict[str, str]:
        """What a process of Lyceum reads of it."""
        url = f"http://127.0.0.1:{self.ports['otlp']}" if self.keeps else self.external
        return {"OTLP_URL": url, "TRACE_RATIO": str(trace_ratio())} if url else {}

    def prepare(self) -> None:
        if self.keeps:
            self.file.unlink(missing_ok=True)

    def programs(self) -> list[Program]:
        if not self.keeps:
            return []
        command = [self.layout.venv / "bin/python", self.layout.root / "infra/dev/fake_collector.py", self.ports["otlp"], self.file]
        return [Program("fake-collector", "stores", [str(word) for word in command], self.layout.data("collector"))]

    def ready(self) -> str | None:
        return port_answers(self.ports["otlp"]) if self.keeps else None
