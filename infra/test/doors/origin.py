"""Stand-ins for the services behind the doors: they answer with what they were asked, and keep count."""
import http.server
import json
import re
import threading
import time

CONTENT = bytes(range(256)) * 12_000
"""What every segment holds: 3 MB, so that it spans several slices of the edge's cache."""


class StandIn:
    """One service on one port; `seen` has the heads of all requests."""

    def __init__(self, name: str, port: int, fixed: dict[str, dict] | None = None):
        self.name = name
        self.seen: list[dict] = []
        self.fixed = fixed or {}
        self.files: dict[str, bytes] = {}
        self.statuses: dict[str, int] = {}
        self.fail_next = 0
        self.port = port
        self.start()

    def start(self) -> None:
        self.stopped = False
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.stopped = True
        self.server.shutdown()
        self.server.server_close()

    def _handler(stand_in):  # noqa: N805
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *words):
                pass

            def answer(self):
                size = self.headers.get("content-length")
                body = self.rfile.read(int(size)) if size else self._chunks()
                heads = {name.lower(): value for name, value in self.headers.items()}
                seen = {"service": stand_in.name, "method": self.command, "path": self.path, "headers": heads, "bytes": len(body), "body": body[:4096].decode(errors="replace")}
                stand_in.seen.append(seen)
                if stand_in.stopped or stand_in.fail_next > 0:
                    stand_in.fail_next -= 1
                    self.close_connection = True
                    return None
                if "x-delay" in heads:
                    time.sleep(float(heads["x-delay"]))
                if self.path.startswith("/s/"):
                    return self._segment()
                status = int(heads.get("x-status", stand_in.statuses.get(self.path, 200)))
                if "x-plain" in heads:
                    return self._send(status, b"<html>" + b"not ours" * 10 + b"</html>", {})
                return self._send(status, json.dumps(stand_in.fixed.get(self.path, seen)).encode(), {"content-type": "application/json"})

            def _chunks(self) -> bytes:
                body = b""
                if self.headers.get("transfer-encoding") == "chunked":
                    while size := int(self.rfile.readline(), 16):
                        body += self.rfile.read(size)
                        self.rfile.readline()
                    self.rfile.readline()
                return body

            def _segment(self):
                kind = "application/vnd.apple.mpegurl" if self.path.endswith(".m3u8") else "video/mp4"
                fields = {"content-type": kind, "etag": '"content"', "accept-ranges": "bytes", "cache-control": "private, max-age=60"}
                content = stand_in.files.get(self.path.rsplit("/", 1)[1], CONTENT)
                wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("range", ""))
                if "missing" in self.path:
                    return self._send(404, b"{}", {"content-type": "application/problem+json"})
                if not wanted:
                    return self._send(200, content, fields)
                first, last = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
                return self._send(206, content[first:last + 1], fields | {"content-range": f"bytes {first}-{last}/{len(content)}"})

            def _send(self, status: int, body: bytes, fields: dict):
                self.send_response(status)
                for name, value in (fields | {"content-length": str(len(body))}).items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer

        return Handler
