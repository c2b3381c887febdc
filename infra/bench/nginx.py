"""nginx as the yardstick: it sends the same bytes from a file."""
import os
import pathlib
import subprocess
import time

from dev.part import http_answers

from .usage import Server

CONFIGURATION = """\
{user}worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{ worker_connections 1024; }}
http {{
    log_format line escape=json '{{"time":"$time_iso8601","requestId":"$request_id","method":"$request_method",'
                                '"uri":"$uri","status":$status,"s":$request_time}}';
    access_log {log};
    sendfile on;
    tcp_nopush on;
    open_file_cache max=100;
    keepalive_requests 100000000;
    default_type application/json;
    add_header cache-control "public, max-age=30";
    server {{ listen 127.0.0.1:{port} reuseport; root {folder}/html; }}
}}
"""


class Nginx:
    def __init__(self, folder: pathlib.Path, port: int, page: bytes, logs: bool):
        """`logs`: with a line a request, as the services write one."""
        self.base = f"http://127.0.0.1:{port}"
        (folder / "html").mkdir(parents=True, exist_ok=True)
        (folder / "html/course.json").write_bytes(page)
        user = "user root;\n" if os.getuid() == 0 else ""
        log = f"{folder}/access.log line buffer=64k flush=1s" if logs else "off"
        (folder / "nginx.conf").write_text(CONFIGURATION.format(user=user, folder=folder, port=port, log=log))
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "TERM", "nginx", "-c", folder / "nginx.conf", "-e", folder / "error.log"],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while problem := http_answers(self.base + "/course.json"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"nginx: {problem}; see {folder}/error.log")
            time.sleep(0.01)

    @property
    def server(self) -> Server:
        return Server("nginx", self.process.pid, has_children=True)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)
