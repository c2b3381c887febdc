"""How the parts of a stack are waited for."""
import base64
import http.server
import signal
import threading
import time

import conftest  # noqa: F401
import pytest

from dev.part import http_answers
from dev.readiness import NotReady, await_all


class NoSupervisor:
    def failing(self) -> list[str]:
        return []


class Stub:
    """A part that is never up, or that fails when it is settled."""

    def __init__(self, name: str, problem: str | None, settled=lambda: None):
        self.name, self.problem, self.settle = name, problem, settled
        self.asked = threading.Event()

    def programs(self) -> list:
        return []

    def ready(self) -> str | None:
        self.asked.set()
        return self.problem


def test_when_one_part_has_failed_the_others_are_waited_for_no_more():
    never = Stub("never", "not yet")

    def fail():
        assert never.asked.wait(5)
        raise NotReady("no")

    begin = time.monotonic()
    with pytest.raises(NotReady):
        await_all([never, Stub("broken", None, fail)], NoSupervisor())
    assert time.monotonic() - begin < 5


def test_ctrl_c_ends_the_wait():
    never, main = Stub("never", "not yet"), threading.main_thread().ident

    def interrupt():
        assert never.asked.wait(5)
        signal.pthread_kill(main, signal.SIGINT)

    threading.Thread(target=interrupt).start()
    begin = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        await_all([never], NoSupervisor())
    assert time.monotonic() - begin < 5


@pytest.fixture
def server():
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers.get("authorization"))
            self.send_response(200 if asked[-1] == "Basic " + base64.b64encode(b"elastic:p@ss word").decode() else 401)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *words):
            pass

    asked = []
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_url_with_a_password_is_asked_with_it_and_shown_without(server):
    assert http_answers(f"http://elastic:p%40ss%20word@{server}/") is None
    assert http_answers(f"http://elastic:wrong@{server}/").startswith(f"http://{server}/ answers 401")
    assert http_answers(f"http://{server}/").startswith(f"http://{server}/ answers 401")
    shown = http_answers("http://elastic:secret@127.0.0.1:1/")
    assert shown.startswith("http://127.0.0.1:1/: ") and "secret" not in shown
