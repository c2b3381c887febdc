"""Every event that the live broker carries is what docs/events says, by a validator that is not ours, and whoever waits for it takes it."""
import contextlib
import json
import re
import uuid
from collections.abc import Iterator

import jsonschema
import pymongo
import pytest
from account import Account
from broker import Broker
from client import Client, StoryFailed
from contract import FORMATS, ROOT
from course import CATEGORY, Course
from database import Database
from lyceum import Program
from maildir import Maildir
from upload import uploader
from waiting import until

SCHEMAS = {path.stem: json.loads(path.read_text()) for path in (ROOT / "docs/events").glob("*.json")}
UNTOLD = {"lyceum.media.failed.v1": "told when a job has failed again and again by a fault of ours, which no request can bring about"}
PERSONAL = {"email", "password", "displayName", "token", "address", "ip"}
WITHOUT_INBOX = "lyceum.search.index"
"""Goes by revisions."""


@pytest.fixture(scope="module")
def rest(stack, tmp_path_factory) -> Account:
    """What the story has no cause to do: somebody asks for the mail again, a course is unlisted, a file is no video."""
    client, mail = Client(stack["gateway"]), Maildir(stack["mailbox"])
    author = Account(client, mail, "Erna Events", teaches=True)
    author.register()
    mail.wait(author.email, "token=")
    client.ask("POST", "/v1/users/verification-requests", 202, body={"email": author.email})
    author.confirm()
    author.sign_in()
    course = Course(author, "A course that is told of")
    course.create()
    section = course.add_section("One")
    course.add_lecture(section, "article", "Words", article="Words.")
    course.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=[CATEGORY])
    course.publish()
    course.refresh()
    author.ask("POST", f"/v1/courses/{course.id}/unlist", 200, headers={"if-match": course.etag})
    course.refresh()
    file = tmp_path_factory.mktemp("files") / "text.mp4"
    file.write_text("No video.\n")
    uploader(stack["gateway"], author.token, file, course.id, course.add_lecture(section, "video", "None")).upload()
    return author


@pytest.fixture(scope="module")
def told(overheard, story, rest) -> Iterator[list[dict]]:
    wanted = set(SCHEMAS) - set(UNTOLD)

    def all_of_it() -> bool:
        return {one["routing_key"] for one in overheard.listen()} >= wanted

    # What is missing is named by the test that asks for each kind.
    with contextlib.suppress(StoryFailed):
        until("an event of each kind", all_of_it, 60)
    yield overheard.messages
    # What comes after is load, which nobody reads.
    overheard.end()


def events(told: list[dict], kind: str | None = None) -> list[dict]:
    return [json.loads(one["payload"]) for one in told if kind in (None, one["routing_key"])]


def validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(SCHEMAS[kind], format_checker=FORMATS)


def unnamed(value, schema: dict, place: str = "") -> list[str]:
    """Fields that the schema does not name: it lets them through for later versions, this version tells none."""
    if isinstance(value, list):
        return [one for item in value for one in unnamed(item, schema.get("items", {}), place)]
    if not isinstance(value, dict):
        return []
    known = next((one["properties"] for one in [schema, *schema.get("anyOf", [])] if "properties" in one), {})
    return [one for name in value for one in (unnamed(value[name], known[name], f"{place}/{name}") if name in known else [f"{place}/{name}"])]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_one(kind):
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[kind])
    assert SCHEMAS[kind]["properties"]["type"]["const"] == kind


def test_each_kind_of_event_is_told_but_those_that_nobody_can_bring_about(told):
    assert {one["routing_key"] for one in told} == set(SCHEMAS) - set(UNTOLD)


def test_each_event_told_is_what_its_schema_says(told):
    faults = []
    for message in told:
        event, about, kind = json.loads(message["payload"]), message["properties"], message["routing_key"]
        assert (event["type"], event["id"]) == (kind, about["message_id"]) and about["type"] == kind
        assert about["content_type"] == "application/cloudevents+json"
        faults += [f"{kind} {error.json_path}: {error.message[:200]}" for error in validator(kind).iter_errors(event)]
        faults += [f"{kind} {name} is not in the schema" for name in unnamed(event, SCHEMAS[kind])]
    assert not faults, "\n".join(sorted(set(faults)))


def test_an_event_names_people_by_their_ids_alone(told, story, rest):
    def names(value) -> set[str]:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
        return (set(value) if isinstance(value, dict) else set()).union(*map(names, inside))

    assert not PERSONAL & names(events(told))
    text = json.dumps(events(told))
    for account in (story.instructor, story.student, rest):
        assert account.id in text
        for secret in (account.email, account.password, account.token):
            assert secret not in text


def test_an_event_says_the_trace_of_the_request_that_made_it_true(told, story):
    assert story.trace in {event["traceparent"].split("-")[1] for event in events(told, "lyceum.enrollment.granted.v1")}


def taken(stack, service: str, consumer: str) -> set[str]:
    """The ids of the events that a consumer has dealt with, as its service has them in its inbox."""
    if service != "courses":
        return {row[0] for row in Database.of(stack, service).rows(f"select event_id from inbox where consumer = '{consumer}'")}
    with pymongo.MongoClient(stack["databases"]["LYCEUM_COURSES_MONGO_URL"], uuidRepresentation="standard") as client:
        return {str(uuid.UUID(bytes=bytes(one["_id"]["event"])) if isinstance(one["_id"]["event"], bytes) else one["_id"]["event"])
                for one in client.get_default_database()["inbox"].find({"_id.consumer": consumer})}


def test_whoever_waits_for_an_event_takes_it(stack, told):
    """What lives up to its schema is let in by each consumer: it is in its inbox, and never among the dead."""
    subscriptions = {name: kinds for name, kinds in Broker(stack).subscriptions().items() if re.fullmatch(r"lyceum\.\w+\.\w+", name)}
    assert WITHOUT_INBOX in subscriptions and set().union(*subscriptions.values()) <= set(SCHEMAS)
    for queue, kinds in subscriptions.items():
        wanted = {event["id"] for kind in kinds for event in events(told, kind)}
        if queue != WITHOUT_INBOX:
            service, consumer = queue.split(".")[1:]
            until(f"{queue} has taken all", lambda: not wanted - taken(stack, service, consumer), 30)
        dead = Program(stack, "lyceum").run("events", "dead", queue, "--json")
        assert dead.returncode == 0, dead.stderr
        assert not wanted & {json.loads(line)["id"] for line in dead.stdout.splitlines()}, queue


@pytest.mark.parametrize("kind", sorted(set(SCHEMAS) - set(UNTOLD)))
def test_the_validator_refuses_what_is_wrong(kind, told):
    """One that takes everything would prove nothing."""
    event = events(told, kind)[0]
    assert validator(kind).is_valid(event)
    for broken in (event | {"id": "1"}, event | {"time": "yesterday"}, event | {"data": []}, event | {"type": "lyceum.other.v1"},
                   event | {"data": {}}, {name: value for name, value in event.items() if name != "subject"}):
        assert not validator(kind).is_valid(broken), broken
    assert unnamed(event | {"data": event["data"] | {"more": 1}}, SCHEMAS[kind]) == ["/data/more"]
