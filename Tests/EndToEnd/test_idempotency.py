"""Requests that are sent again under their Idempotency-Key: one effect and one answer, through the gateway, also when the service is killed under them."""
import concurrent.futures
import dataclasses
import uuid

import pymongo
import pytest
from account import Account
from client import Answer, Client, StoryFailed
from course import CATEGORY, Course, upload_metadata
from problems import refused
from supervised import Supervised
from waiting import until
from world import TUS, World


@dataclasses.dataclass(frozen=True)
class Creation:
    """A request that makes a thing, and another one like it."""

    account: Account
    path: str
    body: dict | None
    other: dict | None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    other_headers: dict[str, str] = dataclasses.field(default_factory=dict)

    def ask(self, key: str, is_other: bool = False, account: Account | None = None, client: Client | None = None) -> Answer:
        account = account or self.account
        headers = self.headers | (self.other_headers if is_other else {}) | {"idempotency-key": key}
        # A connection of its own for each of many at once.
        return (client or Client(account.client.base)).ask(
            "POST", self.path, tuple(range(200, 600)), token=account.token, body=self.other if is_other else self.body, headers=headers)


def course_of(world: World) -> Course:
    """Published, and known to the enrollments service."""
    course = Course(world.instructor, f"A course {uuid.uuid4()}")
    course.create()
    course.add_lecture(course.add_section("One"), "article", "Words", article="Words.")
    course.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=[CATEGORY])
    course.publish()
    until("enrollments knows the course", lambda: world.stranger.ask("POST", "/v1/enrollments", (200, 201, 404), body={"courseId": course.id}).status != 404, 60)
    return course


@pytest.fixture(params=["course", "enrollment", "upload"])
def creation(request, world) -> Creation:
    if request.param == "course":
        return Creation(world.instructor, "/v1/courses", {"title": "Once"}, {"title": "Twice"})
    if request.param == "enrollment":
        return Creation(world.student, "/v1/enrollments", {"courseId": course_of(world).id}, {"courseId": world.course.id})
    metadata = upload_metadata(world.course.id, world.video, "once.mp4")
    return Creation(world.instructor, "/v1/uploads", None, None, TUS | {"upload-length": "10", "upload-metadata": metadata}, {"upload-length": "11"})


def new_key() -> str:
    return f'"{uuid.uuid4()}"'


def test_a_hundred_requests_at_once_make_one_thing(creation):
    key = new_key()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: creation.ask(key), range(100)))
    made = [one for one in answers if one.status == 201]
    assert {one.status for one in answers} <= {201, 409}, sorted(one.status for one in answers)
    assert len([one for one in made if "idempotency-replayed" not in one.headers]) == 1
    assert len({(one.body, one.headers["location"]) for one in made}) == 1
    for one in answers:
        if one.status == 409:
            refused(one, {409})
            assert one.json["type"].endswith("/idempotency-key-running") and one.headers["retry-after"] == "1"
    again = creation.ask(key)
    assert (again.status, again.body, again.headers["location"]) == (201, made[0].body, made[0].headers["location"])


def test_a_key_is_for_one_request_of_one_user(creation, world):
    key = new_key()
    assert creation.ask(key).status == 201
    other = creation.ask(key, is_other=True)
    refused(other, {422})
    assert other.json["type"].endswith("/idempotency-key-reused")
    theirs = creation.ask(key, account=world.stranger)
    # The stranger is no instructor of the course, or has enrolled already: what counts is that the answer is their own.
    assert theirs.status in (200, 201, 404) and "idempotency-replayed" not in theirs.headers


def test_a_key_that_is_none_is_400(creation):
    for key in ['"open', "two words", '""', '"' + "k" * 256 + '"', "a, b"]:
        refused(creation.ask(key), {400})


@pytest.fixture
def brief_transactions(world):
    """MongoDB gives the transaction of a process that died up after five seconds, not after a minute."""
    with pymongo.MongoClient(world.stack["stores"]["mongo"]) as client:
        name = "transactionLifetimeLimitSeconds"
        usual = client.admin.command("getParameter", 1, **{name: 1})[name]
        client.admin.command("setParameter", 1, **{name: 5})
        yield
        client.admin.command("setParameter", 1, **{name: usual})


@pytest.mark.usefixtures("brief_transactions")
def test_a_service_that_is_killed_under_requests_leaves_no_effect_without_its_answer(world, supervised: Supervised):
    """Forty keys, each sent again until it is answered, while the service is killed: each key made one thing."""
    title = f"Through the storm {uuid.uuid4()}"

    def send(_) -> Answer:
        creation, key, client = Creation(world.instructor, "/v1/courses", {"title": title}, None), new_key(), Client(world.client.base)

        def answered() -> Answer | None:
            try:
                answer = creation.ask(key, client=client)
            except StoryFailed:
                return None
            assert answer.status in (201, 409, 502, 503, 504), f"{answer.status}: {answer.body[:300]!r}"
            return answer if answer.status == 201 else None

        return until("an answer", answered, 60)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        futures = [pool.submit(send, number) for number in range(40)]
        until("some are made", lambda: sum(future.done() for future in futures) > 5, 60)
        supervised.kill("courses")
        ids = {future.result().json["id"] for future in futures}
    ready = Client(world.stack["services"]["courses"]["admin"])
    until("courses is ready", lambda: _is_ready(ready), 60)
    assert len(ids) == 40
    assert {one["id"] for one in _authored(world.instructor) if one["title"] == title} == ids


def _is_ready(client: Client) -> bool:
    try:
        return client.ask("GET", "/health/ready", (200, 503), quiet=True).status == 200
    except StoryFailed:
        return False


def _authored(account: Account) -> list[dict]:
    items, cursor = [], ""
    while cursor is not None:
        page = account.ask("GET", f"/v1/me/authored-courses?limit=100{cursor and '&cursor=' + cursor}").json
        items += page["items"]
        cursor = page["nextCursor"]
    return items
