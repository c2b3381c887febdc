"""The object store, the server of a bucket, stopped, held and killed under load: what needs it is a 503 meanwhile and nothing else is, and what was taken
before or meanwhile is published when it is back."""
import contextlib
import hashlib
import pathlib
import random
import time
import urllib.parse

import requests
from client import Answer, Client
from course import Course
from load import Load
from playback import Playback
from probes import ask
from small_files import SmallFiles
from waiting import PATIENCE, until

STORE = "nanio"
OTHERS = ["me", "my courses", "catalogue", "course page", "draft", "enrol", "progress", "playback", "asset"]
SETTLE_SECONDS = 60
READY_SECONDS = 120
LONGEST_SECONDS = 25
"""A question to a store that says nothing is given up after 10 s, and one that has stopped taking bytes after 20."""
SLICE = 1 << 20


class Edge:
    """Files of a stream through the CDN's edge, which keeps what it has pulled."""

    def __init__(self, stack, story):
        self._cache, self._client = pathlib.Path(stack["directory"]) / "data/edge-cache", Client(stack["edge"])
        self._kept, self._pulled = story.segment, story.playback.rendition

    def kept(self) -> Answer:
        return ask(self._client, None, "GET", self._kept)

    def pulled(self) -> Answer:
        """One that the edge has not: it is forgotten first."""
        asset, content, file = urllib.parse.urlsplit(self._pulled).path.split("/")[3:]
        name = hashlib.md5(f"/{asset}/{content}/{file}bytes=0-{SLICE - 1}".encode()).hexdigest()
        (self._cache / name[-1] / name[-3:-1] / name).unlink(missing_ok=True)
        return ask(self._client, None, "GET", self._pulled)


def new_course(story) -> tuple[Course, dict[str, str]]:
    """A draft of the story's instructor with a lecture for each file of this fault."""
    course = Course(story.instructor, "A course whose files lie in a bucket")
    course.create()
    section = course.add_section("One")
    return course, {name: course.add_lecture(section, "video", name) for name in ("small", "before", "meanwhile")}


def failed_jobs(stack) -> float:
    page = requests.get(stack["worker"]["admin"] + "/metrics", timeout=10).text
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith('media_jobs_total{outcome="failed"}'))


def await_refusals(load: Load, names: list[str], since: float) -> None:
    def refused() -> bool:
        return {one.name for one in load.between(since) if one.status == 503} >= set(names)

    until(f"{', '.join(names)} are refused", refused, SETTLE_SECONDS)


class Outage:
    """The store goes and comes back in one of three ways, while the worker has a video whose file lies in it, and another one arrives."""

    def __init__(self, stack, supervised, files: SmallFiles, clip: bytes, lectures: dict[str, str]):
        self._stack, self._supervised, self._files, self._clip, self._lectures = stack, supervised, files, clip, lectures

    def run(self, way: str, load: Load, uploads: Load, is_first: bool) -> float:
        """The seconds until all is served again."""
        if way == "killed":
            begin = time.monotonic()
            self._supervised.kill(STORE)
        else:
            with contextlib.ExitStack() as away:
                with self._supervised.held("media-worker"):
                    if is_first:
                        assert self._files.whole(self._lectures["before"], self._clip)[1].status == 204
                    away.enter_context(self._supervised.stopped(STORE) if way == "stopped" else self._supervised.held(STORE))
                self._while_it_is_away(load, uploads, is_first)
                begin = time.monotonic()
        return until("all is served", lambda: self._served(load, uploads, begin), SETTLE_SECONDS) - begin

    @staticmethod
    def _served(load: Load, uploads: Load, since: float) -> float | None:
        ends = [load.served_since(since), uploads.served_since(since)]
        return max(ends) if all(ends) else None

    def _while_it_is_away(self, load: Load, uploads: Load, is_first: bool) -> None:
        begin, failed = time.monotonic(), failed_jobs(self._stack)
        await_refusals(load, ["pulled"], begin)
        await_refusals(uploads, ["upload"], begin)
        if not is_first:
            return
        place, answer = self._files.whole(self._lectures["meanwhile"], self._clip)
        assert answer.status == 503 and answer.headers["retry-after"], answer
        assert self._files.offset(place) == len(self._clip)
        until("the worker cannot do its job", lambda: failed_jobs(self._stack) > failed, READY_SECONDS)


def await_videos(course: Course, lectures: dict[str, str]) -> None:
    for name in ("before", "meanwhile"):
        until(f"the video that was sent {name} is ready", lambda one=lectures[name]: (course.asset_of(one) or {}).get("state") == "ready", READY_SECONDS)


def test_what_needs_the_store_waits_for_it_and_nothing_is_lost(story, stack, probes, supervised, seed, tell):
    course, lectures = new_course(story)
    files, edge, dice = SmallFiles(Client(stack["gateway"]), course, lectures["small"]), Edge(stack, story), random.Random(seed)
    outage = Outage(stack, supervised, files, story.stack.clip.read_bytes(), lectures)
    ways, back = ["stopped", "held"], []
    dice.shuffle(ways)
    ways.insert(dice.randrange(3), "killed")
    others = {name: probes[name].ask for name in OTHERS} | {"kept": edge.kept}
    with Load(others, askers=4, seed=seed, pause=0.05) as calm, Load({"pulled": edge.pulled}, askers=2, pause=0.1) as pulls, \
            Load({"upload": files}, askers=1, pause=1) as uploads:
        until("the load runs", lambda: len(calm.results) > 50 and len(uploads.results) > 3, SETTLE_SECONDS)
        first = next(way for way in ways if way != "killed")
        for way in ways:
            back.append(f"{way} {outage.run(way, pulls, uploads, way == first):.1f} s")
    assert set(calm.statuses()) <= {200}, calm.unexpected(200)
    assert set(pulls.statuses()) <= {200, 503}, pulls.unexpected(200, 503)
    # 423: the sweeper has just taken it on itself to complete that one.
    assert set(uploads.statuses()) <= {204, 423, 503}, uploads.unexpected(204, 423, 503)
    refusals = [one for one in pulls.results + uploads.results if one.status == 503]
    assert all(one.retry_after and '"status":503' in one.text for one in refusals), refusals[:5]
    slowest = max(calm.slowest, pulls.slowest, uploads.slowest)
    assert slowest < LONGEST_SECONDS * PATIENCE
    await_videos(course, lectures)
    until("each small file was looked at", files.ended, READY_SECONDS)
    video = Playback(ask(story.client, story.instructor, "POST", f"/v1/lectures/{lectures['before']}/playback").json, story.edge)
    assert ask(story.edge, None, "GET", video.follow()).status == 200
    tell(f"{len(calm.results)} requests of others, none refused; {len(refusals)} of {len(pulls.results) + len(uploads.results)} that need the store 503; "
         f"the slowest {slowest:.1f} s; the last refusal after its return: {', '.join(back)}")
    tell(f"{files.begun} files and 2 videos sent before and meanwhile, none lost")
