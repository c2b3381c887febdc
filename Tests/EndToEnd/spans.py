"""The spans that collectors were sent: by the fake one of the stack, and by a real one."""
import json
import os
import pathlib
import subprocess

import requests
from instance import free_port
from waiting import until

ROOT = pathlib.Path(__file__).resolve().parents[2]
KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}


def attributes(of: dict) -> dict:
    return {one["key"]: next(iter(one["value"].values())) for one in of.get("attributes", [])}


class Kept:
    """What the stack's collector has kept; read as it grows."""

    def __init__(self, file: pathlib.Path):
        self.file, self.offset = file, 0
        self.spans: list[dict] = []

    def look(self) -> list[dict]:
        """All spans so far, each with `service`, `kind` as a word and `about`, its attributes."""
        with self.file.open("rb") as file:
            file.seek(self.offset)
            for line in file:
                if line.endswith(b"\n"):
                    self.offset += len(line)
                    self._take(json.loads(line))
        return self.spans

    def of(self, trace: str) -> list[dict]:
        return [span for span in self.look() if span["traceId"] == trace]

    def _take(self, request: dict) -> None:
        for resource in request["resourceSpans"]:
            service = attributes(resource["resource"])["service.name"]
            for span in (one for scope in resource["scopeSpans"] for one in scope["spans"]):
                self.spans.append(span | {"service": service, "kind": KINDS[span["kind"]], "about": attributes(span)})


class RealCollector:
    """OpenTelemetry's own, with its `debug` exporter, which prints what it has understood. Ended with its block."""

    CONFIGURATION = """\
receivers: {{otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{port}"}}}}}}}}
exporters: {{debug: {{verbosity: detailed, use_internal_logger: false}}}}
service:
  telemetry: {{metrics: {{level: none}}}}
  pipelines: {{traces: {{receivers: [otlp], exporters: [debug]}}}}
"""

    def __init__(self, program: pathlib.Path, folder: pathlib.Path):
        self.port = free_port()
        self.output, configuration = folder / "otelcol.out", folder / "otelcol.yaml"
        configuration.write_text(self.CONFIGURATION.format(port=self.port))
        self._command = [str(program), "--config", str(configuration)]

    @staticmethod
    def program(folder: pathlib.Path) -> pathlib.Path | None:
        """The one that LYCEUM_OTELCOL names, else one that lies beside the checkout."""
        if named := os.environ.get("LYCEUM_OTELCOL"):
            return pathlib.Path(named)
        unpack = ROOT.parent / "shared/tools/bin/unpack"
        if not unpack.exists() or subprocess.run([unpack, "otelcol", folder], capture_output=True, timeout=120).returncode != 0:
            return None
        return folder / "otelcol"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def printed(self) -> str:
        return self.output.read_text(errors="replace")

    def __enter__(self) -> "RealCollector":
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        until("the collector takes requests", self._answers, 60)
        return self

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.printed[-2000:]
        try:
            return requests.post(self.url + "/v1/traces", json={"resourceSpans": []}, timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def __exit__(self, *problem) -> None:
        self.process.kill()
        self.process.wait()
