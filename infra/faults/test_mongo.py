"""MongoDB steps down and is killed while courses are written and published: nothing acknowledged is lost, no publication is half, never a 500."""
import queue
import random
import secrets
import time
from collections.abc import Callable

import pymongo
import pymongo.errors
from client import Answer
from course import Course
from load import Load
from waiting import until

READS = ["catalogue", "course page", "draft"]
PUBLISHED = "lyceum.course.published.v1"
SETTLE_SECONDS = 60
STEP_DOWN_SECONDS = 2
ANY = tuple(range(200, 600))


class Creating:
    """Makes a new course at each call, and remembers what was acknowledged."""

    def __init__(self, author):
        self.titles: list[str] = []
        self.taken: list[str] = []
        self._author = author

    def __call__(self) -> Answer:
        self.titles.append(title := f"Written in a storm {secrets.token_hex(6)}")
        answer = self._author.ask("POST", "/v1/courses", ANY, body={"title": title, "language": "en", "levels": ["beginner"]},
                                  headers={"idempotency-key": f'"{title}"'}, quiet=True)
        if answer.status == 201:
            self.taken.append(title)
        return answer


class Publishing:
    """Edits a course and publishes it again at each call: a transaction of the course and its event."""

    def __init__(self, author, number: int):
        self.acknowledged: dict[str, int] = {}
        self._unclear: set[str] = set()
        """Courses whose last change was refused; it may have been made all the same."""
        self._free: queue.SimpleQueue[Course] = queue.SimpleQueue()
        for _ in range(number):
            self._free.put(course := _published(author))
            self.acknowledged[course.id] = 1

    def __call__(self) -> Answer:
        course = self._free.get()
        try:
            return self._publish(course)
        finally:
            self._free.put(course)

    def _publish(self, course: Course) -> Answer:
        path = f"/v1/courses/{course.id}"
        draft = course.author.ask("GET", f"{path}/draft", ANY, quiet=True)
        if draft.status != 200:
            return draft
        edit = course.author.ask("PATCH", f"{path}/draft", ANY, body={"subtitle": secrets.token_hex(8)}, headers={"if-match": draft.etag}, quiet=True)
        if edit.status == 412 and course.id in self._unclear:
            # What the majority is known to have may be older than that change for a moment: it is read again the next time.
            return draft
        self._unclear.add(course.id)
        if edit.status != 200:
            return edit
        answer = course.author.ask("POST", f"{path}/publish", ANY, headers={"if-match": edit.etag}, quiet=True)
        if answer.status == 200:
            self.acknowledged[course.id] += 1
            self._unclear.discard(course.id)
        return answer


def _published(author) -> Course:
    course = Course(author, f"Published in a storm {secrets.token_hex(6)}")
    course.create()
    course.add_lecture(course.add_section("One"), "article", "Words", article="Words.")
    course.edit(price={"amount": 1900, "currency": "EUR"}, categoryIds=["design"])
    course.publish()
    return course


class Server:
    """MongoDB as its administrator sees it."""

    def __init__(self, stack):
        url = stack["stores"]["mongo"].replace("replicaSet=rs0&", "")
        self._client = pymongo.MongoClient(url, serverSelectionTimeoutMS=2000, connectTimeoutMS=2000, socketTimeoutMS=10_000)
        self.courses = self._client["lyceum_courses"]

    def answers(self) -> bool:
        try:
            return self._client.admin.command("hello").get("isWritablePrimary") is True
        except pymongo.errors.PyMongoError:
            return False

    def step_down(self) -> None:
        # Of a set of one nobody else can take over: it is forced to, and elects itself again afterwards.
        self._client.admin.command({"replSetStepDown": STEP_DOWN_SECONDS, "secondaryCatchUpPeriodSecs": 0, "force": True})


def nothing_is_lost(courses, creating: Creating, publishing: Publishing) -> None:
    kept = [one["draft"]["title"] for one in courses["courses"].find({"draft.title": {"$in": creating.titles}}, {"draft.title": 1})]
    assert len(kept) == len(set(kept)), "a course was made twice"
    assert set(creating.taken) <= set(kept), f"acknowledged and lost: {set(creating.taken) - set(kept)}"
    for course in courses["courses"].find({"live.versionId": {"$exists": True}, "draft.title": {"$regex": "^Published in a storm"}}):
        name = str(course["_id"].as_uuid())
        events = courses["outbox"].count_documents({"type": PUBLISHED, "subject": name})
        assert events == course["live"]["number"], f"{name}: version {course['live']['number']}, {events} events"
        assert publishing.acknowledged.get(name, 0) <= events, f"{name}: a publication that was acknowledged is lost"


def storm(supervised, server: Server, seed: int) -> list[tuple[str, Callable[[], None]]]:
    ways = [("stepped down", server.step_down)] * 3 + [("killed", lambda: supervised.kill("mongo"))] * 2
    random.Random(seed).shuffle(ways)
    return ways


def test_steps_down_and_kills_under_writes_lose_nothing_and_are_never_a_500(story, probes, supervised, stack, seed, tell):
    server, author = Server(stack), story.instructor
    author.sign_in()
    creating, publishing = Creating(author), Publishing(author, 3)
    questions = {name: probes[name].ask for name in READS} | {"create": creating, "publish": publishing}
    back, pids = [], supervised.service_pids()
    with Load(questions, askers=6, seed=seed, pause=0.01) as load:
        until("the load runs", lambda: len(creating.taken) > 10, SETTLE_SECONDS)
        for name, way in storm(supervised, server, seed):
            way()
            until("MongoDB answers", server.answers, SETTLE_SECONDS)
            begin = time.monotonic()
            until("all is served", lambda since=begin: load.served_since(since), SETTLE_SECONDS)
            back.append(f"{name} {load.served_since(begin) - begin:.1f} s")
    statuses = load.statuses()
    assert set(statuses) <= {200, 201, 503}, load.unexpected(200, 201, 503)
    assert all(one.retry_after for one in load.results if one.status == 503)
    assert supervised.service_pids() == pids, "a service was started anew"
    nothing_is_lost(server.courses, creating, publishing)
    tell(f"{sum(statuses.values())} requests, {statuses[503]} of them 503; served again after {', '.join(back)}; {len(creating.taken)} courses "
         f"made and {sum(publishing.acknowledged.values())} publications acknowledged, none lost, none half, none twice")


def test_what_was_published_as_mongodb_died_is_found(story, stack, supervised):
    """What is published as MongoDB goes is found when it is back: the change and its event were one."""
    server, author = Server(stack), story.instructor
    course = _published(author)
    title = f"Found after the storm {secrets.token_hex(6)}"
    course.refresh()
    course.edit(title=title)
    course.publish()
    supervised.kill("mongo")
    until("MongoDB answers", server.answers, SETTLE_SECONDS)
    until("the course is found", lambda: _finds(story.client, title, course.id), SETTLE_SECONDS)


def _finds(client, title: str, course: str) -> bool:
    answer = client.ask("GET", f"/v1/search?q={title}", ANY, quiet=True)
    return answer.status == 200 and course in [item["id"] for item in answer.json["items"]]
