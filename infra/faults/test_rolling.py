"""SIGTERM under load, two instances behind the gateway restarted one after the other, and one that is held: no request is lost."""
import contextlib
import pathlib
import signal
import subprocess
import time

import pytest
import requests
from answered import BROKEN
from client import Client
from crowd import Crowd, Enrolling
from gateway.configuration import Endpoint, render
from instance import Instance, free_port
from load import Load
from probes import ask
from waiting import until

ROLLED = ["users", "courses", "enrollments"]
GATEWAY_SECONDS = 30
EJECTED_SECONDS = 10


class SecondGateway:
    """An Envoy of its own before two instances of some services, and the stack's one of the others."""

    def __init__(self, stack, folder: pathlib.Path, instances: dict[str, list[Instance]]):
        self.port, self.admin = free_port(), free_port()
        others = {name: [Endpoint("127.0.0.1", int(one["url"].rsplit(":", 1)[1]))] for name, one in stack["services"].items()}
        pairs = {name: [Endpoint("127.0.0.1", one.port, one.admin_port) for one in pair] for name, pair in instances.items()}
        web = {"web": [Endpoint("127.0.0.1", int(stack["web"].rsplit(":", 1)[1]))]}
        self.file = folder / "envoy.yaml"
        self.file.write_text(render(self.port, self.admin, others | pairs | web, ["http://127.0.0.1"], str(folder / "access.log")))
        self.command = [stack["envoy"], "-c", str(self.file), "--disable-hot-restart", "--concurrency", "2", "--log-level", "warning"]
        self.log = folder / "envoy.log"

    def __enter__(self) -> "SecondGateway":
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        return self

    def __exit__(self, *problem) -> None:
        self.process.terminate()
        self.process.wait(GATEWAY_SECONDS)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def healthy(self, service: str) -> int:
        """How many instances of a service get requests."""
        try:
            clusters = requests.get(f"http://127.0.0.1:{self.admin}/clusters", timeout=5).text
        except requests.RequestException:
            return 0
        return sum(line.startswith(f"{service}::") and line.endswith("::health_flags::healthy") for line in clusters.splitlines())


@pytest.fixture(scope="module")
def pairs(stack):
    with contextlib.ExitStack() as all_of_them:
        yield {name: [all_of_them.enter_context(Instance(stack, name, DRAIN_DELAY="5s")) for _ in range(2)] for name in ROLLED}


@pytest.fixture(scope="module")
def gateway(stack, pairs, tmp_path_factory):
    with SecondGateway(stack, tmp_path_factory.mktemp("gateway"), pairs) as gateway:
        for name in ROLLED:
            until(f"the gateway knows two {name}", lambda one=name: gateway.healthy(one) == 2, GATEWAY_SECONDS)
        yield gateway


def questions(story, stack, url: str) -> dict:
    client, student, author, course = Client(url), story.student, story.instructor, story.course
    progress = f"/v1/me/courses/{course.id}/lectures/{story.video}/progress"
    return {
        "me": lambda: ask(client, student, "GET", "/v1/me"),
        "my courses": lambda: ask(client, student, "GET", "/v1/me/courses"),
        "course page": lambda: ask(client, None, "GET", f"/v1/courses/{course.id}"),
        "draft": lambda: ask(client, author, "GET", f"/v1/courses/{course.id}/draft"),
        "progress": lambda: ask(client, student, "PUT", progress, body={"intervals": [[0, 1]]}),
        "enrol": Enrolling(stack, client, course.id),
    }


def test_a_rolling_restart_is_seen_by_no_client(story, stack, probes, pairs, gateway, seed, tell):
    seconds = []
    with Load(questions(story, stack, gateway.url), askers=6, seed=seed, pause=0.01) as load:
        until("the load runs", lambda: len(load.results) > 50, GATEWAY_SECONDS)
        for name in ROLLED:
            for one in pairs[name]:
                status, taken = one.stop()
                assert status == 0, f"{name} ended with {status}: {one.log}"
                seconds.append(taken)
                one.start()
                until(f"the gateway knows two {name}", lambda service=name: gateway.healthy(service) == 2, GATEWAY_SECONDS)
    assert set(load.statuses()) <= {200, 201}, load.unexpected(200, 201)
    tell(f"{len(load.results)} requests through {len(seconds)} restarts of {', '.join(ROLLED)}, none lost; an instance ends after "
         f"{min(seconds):.1f} to {max(seconds):.1f} s, the slowest request took {load.slowest:.2f} s")


def test_an_instance_that_accepts_and_never_answers_is_passed_by(story, stack, probes, pairs, gateway, seed, tell):
    """Safe requests that it has are made again elsewhere; soon it gets none."""
    held = pairs["users"][0].process
    reads = {name: one for name, one in questions(story, stack, gateway.url).items() if name == "me"}
    with Load(reads, askers=4, seed=seed) as load:
        until("the load runs", lambda: len(load.results) > 20, GATEWAY_SECONDS)
        begin = time.monotonic()
        held.send_signal(signal.SIGSTOP)
        try:
            until("it gets no requests", lambda: gateway.healthy("users") == 1, EJECTED_SECONDS)
            ejected = time.monotonic() - begin
            until("others answer all", lambda: len(load.between(time.monotonic() - 1)) > 5, GATEWAY_SECONDS)
        finally:
            held.send_signal(signal.SIGCONT)
        until("it gets requests again", lambda: gateway.healthy("users") == 2, GATEWAY_SECONDS)
    assert set(load.statuses()) == {200}, load.unexpected(200)
    tell(f"an instance that answers nothing is passed by after {ejected:.1f} s; {len(load.results)} reads, all answered, the slowest in {load.slowest:.1f} s")


def test_what_was_sent_before_sigterm_is_answered(story, stack, probes, seed, tell):
    """Without a gateway: what comes during the drain is answered too, and what comes after it is refused at the door."""
    with Instance(stack, "enrollments", DRAIN_DELAY="2s") as instance:
        client, crowd = Client(instance.url), Crowd(stack)
        reads = {"my courses": lambda: client.ask("GET", "/v1/me/courses", token=crowd.student().token, quiet=True),
                 "enrol": Enrolling(stack, client, story.course.id)}
        with Load(reads, askers=8, seed=seed) as load:
            until("the load runs", lambda: len(load.results) > 50, GATEWAY_SECONDS)
            begin = time.monotonic()
            status, taken = instance.stop()
            until("requests come too late", lambda: load.statuses(begin)[BROKEN] > 0, GATEWAY_SECONDS)
    lost = [one for one in load.results if one.status == BROKEN and "Connection refused" not in one.text]
    assert not lost and set(load.statuses()) <= {200, 201, BROKEN}, lost[:5] or load.unexpected(200, 201, BROKEN)
    assert status == 0
    answered = len([one for one in load.between(begin) if one.status != BROKEN])
    tell(f"SIGTERM under load: {answered} requests answered during the drain, none lost, exit status 0 after {taken:.1f} s")
