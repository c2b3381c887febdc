"""Every route, asked as everybody: the routes are those of docs/openapi.yaml and docs/service-calls.yaml, what each asker is to be answered is
declared in access.yaml, and nothing is asked of the program's own table of policies."""
import json
import pathlib
import re
import subprocess

import pytest
import yaml
from askers import SERVICES, USERS, Askers
from bodies import good
from client import Answer, Client
from contract import ROOT, Contract, Operation
from course import Course
from problems import refused
from world import World

CONTRACT = Contract()
DECLARED = yaml.safe_load((pathlib.Path(__file__).parent / "access.yaml").read_text())
INTERNAL = yaml.safe_load((ROOT / "docs/service-calls.yaml").read_text())
PUBLIC = {operation.service for operation in CONTRACT.operations}
NOTHING = "018f0000-0000-7000-8000-00000000dead"
ANYWHERE = tuple(range(200, 600))
OF_CHOICE = {"reportProgress": {"completed": True}}
"""Of fields that are all optional one must be there."""


@pytest.fixture(scope="module")
def everybody(world) -> Askers:
    return Askers(world)


class Matrix:
    """One operation, asked in such a way that whoever is let in changes nothing that another test looks at."""

    def __init__(self, world: World, everybody: Askers, operation: Operation, ids: dict[str, str] | None = None):
        """`ids`: of what is asked about, if not of the world's own things."""
        self.world, self.everybody, self.operation, self.ids = world, everybody, operation, ids or {}
        self.doors = {"gateway": world.client, "service": Client(world.stack["services"][operation.service]["url"])}

    def token(self, asker: str) -> str | None:
        if asker == "stranger":
            return None
        service = self.operation.service
        return self.everybody.service("courses" if service != "courses" else "media", service) if asker == "service" else self.everybody.user(asker)

    def ask(self, door: str, asker: str, **ids: str) -> Answer:
        operation = self.operation
        # Of another revision, so that an edit is refused last of all.
        headers = self.world.headers(operation, {"If-Match": '"0"'})
        if operation.id == "endUpload" and asker == "owner":
            ids.setdefault("uploadId", self.world.open_upload())
        data = None
        if operation.body:
            headers["content-type"] = "application/json"
            # Of a thing: right, so that it is not the body that is refused. Of none: wrong, so that none is made.
            data = json.dumps(good(CONTRACT.expanded(operation.body)) | OF_CHOICE.get(operation.id, {}) if operation.names("path") else {}).encode()
        elif operation.id == "sendUploadBytes":
            headers["content-type"], data = "application/offset+octet-stream", b""
        path = self.world.path(operation.path, **(self.ids | ids))
        return self.doors[door].ask(operation.method, path, ANYWHERE, token=self.token(asker), data=data, headers=headers)

    def fault(self, door: str, asker: str, wanted: int) -> str | None:
        answer = self.ask(door, asker)
        if answer.status != wanted:
            return f"{asker} at the {door}: {answer.status}, declared {wanted}: {answer.body[:200]!r}"
        if wanted >= 400:
            refused(answer, {wanted}, self.operation.method)
        # That a lecture of a published course is there, everybody may know: it is answered 403.
        is_hidden = wanted == 404 or self.operation.id == "listAssets" and wanted == 200 and asker != "owner"
        if is_hidden and self.operation.names("path") and door == "service":
            nobodys = self.ask(door, asker, **dict.fromkeys(self.operation.names("path"), NOTHING))
            if (answer.status, said(answer)) != (nobodys.status, said(nobodys)):
                return f"{asker} is told that it is there: {answer.body[:200]!r}, and of nothing {nobodys.body[:200]!r}"
        return None


def said(answer: Answer) -> dict:
    return {name: value for name, value in json.loads(answer.body or b"{}").items() if name != "traceId"}


def named(route: dict) -> str:
    return f"{route['method']} {route['path']}"


def test_the_table_has_every_operation_and_no_other():
    assert set(DECLARED["operations"]) == {operation.id for operation in CONTRACT.operations}
    assert set(DECLARED["askers"]) == {"stranger", "service", *USERS}
    assert set(DECLARED["internal"]) == {named(route) for route in INTERNAL}
    assert set(DECLARED["unpublished"]) <= set(DECLARED["operations"])


def test_nothing_is_served_that_neither_contract_names(stack):
    """So that what is asked below is all there is. Signed paths have a door and a test of their own, the edge's."""
    done = subprocess.run([stack["bin"] + "/lyceum", "routes", "--internal"], capture_output=True, text=True, timeout=60)
    served = {(one["service"], one["method"], one["path"], one["internal"]) for one in json.loads(done.stdout) if one["policy"] != "signedPath"}
    public = {(one.service, one.method, one.path, False) for one in CONTRACT.operations}
    assert served == public | {(one["service"], one["method"], one["path"], True) for one in INTERNAL}


@pytest.mark.parametrize("operation", CONTRACT.operations, ids=lambda one: one.id)
def test_each_asker_is_answered_as_declared_at_both_doors(world, everybody, operation):
    """At the gateway, and at the service itself: the gateway is not trusted to be the only door."""
    matrix = Matrix(world, everybody, operation)
    row = dict(zip(DECLARED["askers"], DECLARED["operations"][operation.id], strict=True))
    faults = [fault for door in matrix.doors for asker, wanted in row.items() if (fault := matrix.fault(door, asker, wanted))]
    assert not faults, "\n".join(faults)


@pytest.fixture(scope="module")
def unpublished(world) -> dict[str, str]:
    course = Course(world.instructor, "A course that nobody sees")
    course.create()
    section = course.add_section("One")
    lecture = course.add_lecture(section, "article", "Words", article="Words.", isPreview=True)
    return {"courseId": course.id, "sectionId": section, "lectureId": lecture}


OF_A_COURSE = [one for one in CONTRACT.operations if {"courseId", "lectureId"} & set(one.names("path"))]


@pytest.mark.parametrize("operation", OF_A_COURSE, ids=lambda one: one.id)
def test_of_a_course_that_is_not_published_nobody_else_is_told(world, everybody, unpublished, operation):
    matrix = Matrix(world, everybody, operation, unpublished)
    row = dict(zip(DECLARED["askers"], DECLARED["unpublished"].get(operation.id, DECLARED["operations"][operation.id]), strict=True))
    faults = [fault for asker, wanted in row.items() if (fault := matrix.fault("service", asker, wanted))]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("route", INTERNAL, ids=named)
def test_an_internal_route_takes_the_services_that_are_named_for_it_alone(world, everybody, route):
    """At the only door that it has: the gateway knows none of these."""
    door, service = Client(world.stack["services"][route["service"]]["admin"]), route["service"]
    path = re.sub(r"\{[^}]*\}", NOTHING, route["path"])
    tokens = {"a stranger": (None, 401)} | {user: (everybody.user(user), 401) for user in USERS}
    tokens |= {f"the service {name}": (everybody.service(name, service), DECLARED["internal"][named(route)] if name in route["callers"] else 403)
               for name in SERVICES}
    other = next(name for name in SERVICES if name != service)
    tokens |= {f"{name} with a token for {audience or 'nobody'}": (everybody.service(name, audience), 401)
               for name in route["callers"] for audience in (other, "")}
    faults = []
    for asker, (token, wanted) in tokens.items():
        answer = door.ask(route["method"], path, ANYWHERE, token=token, data=b"{}", headers={"content-type": "application/json"})
        faults += [] if answer.status == wanted else [f"{asker}: {answer.status}, declared {wanted}: {answer.body[:200]!r}"]
        if answer.status == wanted >= 400:
            refused(answer, {wanted}, route["method"])
    assert not faults, "\n".join(faults)
    assert world.client.ask(route["method"], path, ANYWHERE, data=b"{}").status == 404


def test_the_port_for_operators_shows_what_the_public_port_does_not(world):
    for name, service in world.stack["services"].items():
        operators = Client(service["admin"])
        for path in ("/health/live", "/health/ready", "/metrics"):
            assert operators.ask("GET", path, ANYWHERE).status == 200, name
            if name in PUBLIC:
                assert Client(service["url"]).ask("GET", path, ANYWHERE).status == 404, f"{name} shows {path} to the public"
        refused(operators.ask("GET", "/", ANYWHERE), {404})
