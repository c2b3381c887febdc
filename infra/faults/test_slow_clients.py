"""Heads, bodies and reads that take for ever (slowhttptest): the slow are sent away in time, and everybody else is served meanwhile."""
import concurrent.futures
import dataclasses
import pathlib
import subprocess
import time
from collections.abc import Callable

from client import Client
from course import upload_metadata
from instance import Instance
from load import Load
from probes import ask
from steady import BYTES_PER_SECOND, Steady
from waiting import PATIENCE, until

CONNECTIONS = 800
"""Of each kind."""
SENT_AWAY_SECONDS = 100
ATTACK_SECONDS = 160
"""An idle connection is kept for one minute, and the last of the slow comes 10 s after the first."""
SPARE = 40
"""Descriptors more than before that a server may keep: connections of those who ask well, and to what it asks itself."""
ASKERS = 4
SETTLE_SECONDS = 30
LONGEST_SECONDS = 5
PAGE = "/reference/assets/swagger-ui-bundle.js"
STEADY_SECONDS = 70
"""Longer than anybody may be silent."""


@dataclasses.dataclass(frozen=True)
class Attack:
    """`words`: what slowhttptest is told; it adds a little of a head or body each 5 s, or takes 32 bytes of an answer each 5 s."""

    name: str
    path: str
    words: tuple[str, ...]


ATTACKS = [
    Attack("heads", "/v1/categories", ("-H", "-i", "5")),
    Attack("bodies", "/v1/sessions", ("-B", "-i", "5", "-s", "65536", "-f", "application/json", "-t", "POST")),
    Attack("reads", "/v1/categories", ("-X", "-n", "5", "-w", "64", "-y", "256", "-z", "32", "-k", "2")),
]


class Attackers:
    """All attacks at once on one door, ended with their block."""

    def __init__(self, url: str, folder: pathlib.Path):
        self._running = []
        for attack in ATTACKS:
            words = [*attack.words, "-c", str(CONNECTIONS), "-r", str(CONNECTIONS // 10), "-l", str(int(ATTACK_SECONDS * PATIENCE)), "-u", url + attack.path]
            with (folder / f"{attack.name}.txt").open("w") as log:
                self._running.append(subprocess.Popen(["slowhttptest", *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def __enter__(self) -> "Attackers":
        return self

    def __exit__(self, *problem) -> None:
        for one in self._running:
            one.kill()
            one.wait()


def endure(where: str, url: str, descriptors: Callable[[], int], story, folder: pathlib.Path, seed: int) -> str:
    """The attacks at a door while others ask there. Slow reads are gone for a server when it has closed; the kernel may still offer them what was sent."""
    questions = {
        "course page": lambda one=Client(url): ask(one, None, "GET", f"/v1/courses/{story.course.id}"),
        "catalogue": lambda one=Client(url): ask(one, None, "GET", "/v1/courses?limit=5"),
    }
    with Load(questions, askers=ASKERS, seed=seed, pause=0.05) as load:
        until("the load runs", lambda: load.statuses()[200] > 20, SETTLE_SECONDS)
        base, most, begin = descriptors(), [0], time.monotonic()
        with Attackers(url, folder):
            until("the slow have come", lambda: most.append(descriptors() - base) or most[-1] > 2 * CONNECTIONS, SETTLE_SECONDS)
            until("the slow are gone", lambda: most.append(descriptors() - base) or most[-1] <= SPARE, SENT_AWAY_SECONDS)
            gone = time.monotonic() - begin
    assert set(load.statuses()) == {200}, load.unexpected(200)
    assert load.slowest < LONGEST_SECONDS * PATIENCE
    return (f"{CONNECTIONS} slow of each kind at {where}, {max(most)} at once: the last was gone after {gone:.0f} s; {len(load.results)} requests of others all "
            f"200, the slowest {load.slowest:.2f} s")


def steady_clients(story, url: str) -> Steady:
    """An upload and a download that take longer than what is slow may last, since something arrives all the time."""
    length = STEADY_SECONDS * BYTES_PER_SECOND
    fields = {"authorization": f"Bearer {story.instructor.token}", "tus-resumable": "1.0.0"}
    about = {"upload-length": str(length + 1), "upload-metadata": upload_metadata(story.course.id, story.video, "steady.mp4")}
    place = story.client.ask("POST", "/v1/uploads", 201, headers=fields | about).headers["location"]
    more = {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    return Steady(url, PAGE, place, fields | more, bytes(length))


def at_a_service(story, stack, folder: pathlib.Path, seed: int) -> list[str]:
    with Instance(stack, "courses") as instance:
        return [endure("a service", instance.url, lambda: instance.descriptors, story, folder, seed)]


def at_the_gateway(story, stack, pid: int, folder: pathlib.Path, seed: int) -> list[str]:
    envoy = pathlib.Path(f"/proc/{pid}/fd")
    with steady_clients(story, stack["gateway"]) as steady:
        told = [endure("the gateway", stack["gateway"], lambda: len(list(envoy.iterdir())), story, folder, seed)]
    for way, (answer, count, seconds) in (("up", steady.sent), ("down", steady.taken)):
        told.append(f"{count / 1024:.0f} KiB {way} through the gateway in {seconds:.0f} s beside them: {answer}")
    assert steady.sent[0].startswith("HTTP/1.1 204") and steady.taken[0].startswith("HTTP/1.1 200"), told
    return told


def test_a_service_and_the_gateway_send_the_slow_away_and_serve_the_others(story, stack, supervised, seed, tell, tmp_path_factory):
    """Both at once, each with its own: most of the time is waiting for limits."""
    with concurrent.futures.ThreadPoolExecutor() as pool:
        ends = [pool.submit(at_a_service, story, stack, tmp_path_factory.mktemp("service"), seed),
                pool.submit(at_the_gateway, story, stack, supervised.pid("gateway"), tmp_path_factory.mktemp("gateway"), seed)]
        for end in ends:
            for line in end.result():
                tell(line)
