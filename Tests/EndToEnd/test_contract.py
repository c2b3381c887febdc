"""docs/openapi.yaml, the running program and the running gateway say the same, and every answer of the story is what the contract promises."""
import json
import re
import subprocess
import sys

import pytest
import requests
import yaml
from client import Answer, Exchange
from contract import ROOT, Contract
from gateway import route_table
from requests.structures import CaseInsensitiveDict

CONTRACT = Contract()
ACCESS = {"anyone": "anyone", "optionalUser": "optional"}


def nameless(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def promised() -> set[tuple]:
    return {(one.service, one.method, nameless(one.path), one.access) for one in CONTRACT.operations}


@pytest.fixture(scope="module")
def served(stack) -> list[dict]:
    done = subprocess.run([stack["bin"] + "/lyceum", "routes", "--internal"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_program_serves_what_the_contract_promises(served):
    # Signed paths have a door of their own, the edge.
    public = [route for route in served if not route["internal"] and route["policy"] != "signedPath"]
    assert {(one["service"], one["method"], nameless(one["path"]), ACCESS.get(one["policy"], "signedIn")) for one in public} == promised()


def test_the_contract_names_the_roles_that_a_route_is_for(served):
    routes = {(one["method"], nameless(one["path"])): one["policy"] for one in served if not one["internal"]}
    for operation in CONTRACT.operations:
        kind, _, roles = routes[operation.method, nameless(operation.path)].partition(":")
        assert operation.roles == (frozenset(roles.split(",")) if kind == "role" else frozenset()), operation.id
        assert not operation.roles or "403" in operation.text["responses"], operation.id


def test_the_running_gateway_routes_what_the_contract_promises(stack):
    """By the names that Envoy has of its routes, as "GET /v1/courses". `make check` holds the table that they come from against the contract."""
    dump = requests.get(stack["envoyAdmin"] + "/config_dump?resource=static_listeners", timeout=10).text
    methods = "|".join(route_table.METHODS)
    routed = {(method, nameless(path)) for method, path in re.findall(rf'"name": "({methods}) (/[^"]*)"', dump)}
    assert routed == {(method, path) for _, method, path, _ in promised()}


def test_the_contract_is_served_with_the_reference_page(stack):
    assert yaml.safe_load(requests.get(stack["reference"] + "openapi.yaml", timeout=10).text) == CONTRACT.text
    assert requests.get(stack["reference"], timeout=10).status_code == 200


def test_every_operation_promises_problems():
    for operation in CONTRACT.operations:
        # There is no default, so that every answer is one that somebody thought of; the gateway has some of its own for any operation.
        assert "default" not in operation.text["responses"], operation.id
        assert {"400", "408", "413", "431", "500", "503"} <= set(operation.text["responses"]), operation.id
        assert not operation.names("path") or "404" in operation.text["responses"], operation.id
        assert operation.access != "signedIn" or "401" in operation.text["responses"], operation.id
        assert not operation.body or {"400", "413", "415", "422"} <= set(operation.text["responses"]), operation.id
        assert "If-Match" not in operation.names("header") or {"412", "428"} <= set(operation.text["responses"]), operation.id


def test_each_answer_of_the_story_is_what_the_contract_promises(story):
    asked = [exchange for exchange in story.client.exchanges if exchange.url.startswith(story.stack["gateway"])]
    assert len(asked) > 40
    faults = sorted({fault for exchange in asked for fault in CONTRACT.faults(exchange)})
    assert not faults, "\n".join(faults)


def test_the_story_visits_most_of_the_contract(story):
    visited = {operation.id for exchange in story.client.exchanges if (operation := CONTRACT.operation(exchange.method, exchange.path))}
    assert {"register", "verifyEmail", "signIn", "getMe", "createCourse", "editDraft", "addSection", "addLecture", "publishCourse", "getAsset",
            "listAssets", "search", "getCourse", "getLecture", "enrol", "explainAccess", "getMyCourse", "reportProgress", "play"} <= visited


READS = ["/v1/me", "/v1/me/courses?limit=1", "/v1/me/authored-courses?limit=1", "/v1/categories", "/v1/courses?limit=2", "/v1/courses/{courseId}",
         "/v1/courses/{courseId}/draft", "/v1/courses/{courseId}/assets", "/v1/courses/{courseId}/lectures/{lectureId}",
         "/v1/search?q=course&limit=2", "/.well-known/jwks.json"]


@pytest.mark.parametrize("path", READS)
def test_each_read_is_what_the_contract_promises(world, path):
    world.instructor.ask("GET", world.path(path))
    assert CONTRACT.faults(world.client.exchanges[-1]) == []


@pytest.mark.parametrize("path", ["/v1/me", "/v1/categories", "/v1/courses/{courseId}", "/v1/courses/{courseId}/draft"])
def test_a_read_that_is_known_already_is_304(world, path):
    first = world.instructor.ask("GET", world.path(path))
    again = world.instructor.ask("GET", world.path(path), 304, headers={"if-none-match": first.etag})
    assert again.body == b"" and again.etag == first.etag


@pytest.mark.parametrize("path", ["/v1/courses", "/v1/search"])
def test_pages_follow_each_other_without_gap_or_repetition(story, world, path):
    """Two courses of this run are there, so two pages of one each."""
    first = world.client.ask("GET", f"{path}?limit=1").json
    second = world.client.ask("GET", f"{path}?limit=1&cursor={first['nextCursor']}").json
    both = world.client.ask("GET", f"{path}?limit=2").json
    assert [one["id"] for one in first["items"] + second["items"]] == [one["id"] for one in both["items"]]


def test_the_schemas_refuse_what_is_wrong():
    """A validator that takes everything would prove nothing."""
    head = CaseInsensitiveDict({"content-type": "application/json", "etag": '"1"'})
    good = Exchange("GET", "http://a/v1/categories", {}, None, Answer(200, head, b'{"items":[{"id":"a","name":"A","path":"a","parentId":null}]}', 0))
    assert CONTRACT.faults(good) == []
    for method, path, answer in [
        ("GET", "/v1/categories", Answer(200, head, b'{"items":[{"id":1,"name":"A","path":"a","parentId":null}]}', 0)),
        ("GET", "/v1/categories", Answer(200, head, b'{"items":[{"id":"a","name":"A","path":"a"}]}', 0)),
        ("GET", "/v1/categories", Answer(200, head, b'{"items":[{"id":"a","name":"A","path":"a","parentId":null,"more":1}]}', 0)),
        ("GET", "/v1/categories", Answer(200, CaseInsensitiveDict({**head, "etag": "1"}), good.answer.body, 0)),
        ("GET", "/v1/categories", Answer(405, {"content-type": "application/problem+json"}, b'{"type":"a","title":"x","status":405}', 0)),
        ("GET", "/v1/categories", Answer(400, {"content-type": "application/problem+json"},
                                         b'{"type":"https://lyceum.example/problems/not-found","title":"x","status":400}', 0)),
        ("GET", "/v1/categories", Answer(200, {"content-type": "text/html", "etag": '"1"'}, b"{}", 0)),
        ("GET", "/v1/categories", Answer(200, {"content-type": "application/json"}, good.answer.body, 0)),
        ("GET", "/v1/categories", Answer(299, head, good.answer.body, 0)),
        ("GET", "/v1/nowhere", Answer(200, head, b"{}", 0)),
        ("GET", "/v1/courses/x", Answer(404, {"content-type": "application/problem+json"}, b'{"title":"x"}', 0)),
    ]:
        assert CONTRACT.faults(Exchange(method, "http://a" + path, {}, None, answer)), (path, answer)


def test_envoy_and_nginx_read_their_configuration(stack):
    """`envoy --mode validate` and `nginx -t`, on the configuration of this stack."""
    command = [sys.executable, "-m", "dev", "--dir", stack["directory"], "check", "--port-base", str(stack["portBase"])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                          env={"PYTHONPATH": str(ROOT / "infra"), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"})
    assert done.returncode == 0 and done.stdout.count("valid") == 2, done.stdout + done.stderr
