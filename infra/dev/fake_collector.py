"""A fake OpenTelemetry collector: takes OTLP over HTTP in its JSON encoding and keeps each request as a line of a file, as the real one's
file exporter does.

    fake_collector.py PORT FILE
"""
import http.server
import json
import pathlib
import sys
import threading

LIMIT = 64 << 20
"""Bytes of the file; what comes after is taken and not kept."""


class Collector(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, path: pathlib.Path):
        super().__init__(("127.0.0.1", port), Handler)
        self.path = path
        self.lock = threading.Lock()

    def keep(self, request: dict) -> None:
        with self.lock, self.path.open("a") as file:
            if file.tell() < LIMIT:
                file.write(json.dumps(request, separators=(",", ":")) + "\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(200, {"status": "a fake"})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        if self.path != "/v1/traces" or self.headers.get("content-type") != "application/json":
            return self._answer(404 if self.path != "/v1/traces" else 415, {})
        try:
            self.server.keep(json.loads(body))
        except ValueError:
            return self._answer(400, {"message": "no JSON"})
        self._answer(200, {"partialSuccess": {}})

    def _answer(self, status: int, content: dict) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: each batch would be a line."""


if __name__ == "__main__":
    Collector(int(sys.argv[1]), pathlib.Path(sys.argv[2])).serve_forever()
