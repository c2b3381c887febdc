"""Traces, as the stack's collector (a fake) has them: one goes from the gateway through the services and their stores, and on with events, jobs and
mails. And a real collector takes what is sent."""
import contextlib
import json
import pathlib
import re
import secrets

import pytest
import requests
from client import StoryFailed
from instance import Instance
from spans import Kept, RealCollector
from waiting import until

ENDS = {
    ("enrollments", "publish lyceum.enrollment.granted.v1"), ("courses", "process lyceum.enrollment.granted.v1"),
    ("search", "process lyceum.course.updated.v1"), ("enrollments", "process lyceum.course.updated.v1"),
    ("users", "GET /internal/v1/users/{userId}/contact"), ("notifications", "mail welcome-to-course"),
}
"""The last steps of an enrolment."""


@pytest.fixture(scope="module")
def kept(stack) -> Kept:
    assert "traces" in stack.text, "this stack keeps no traces: start it with LYCEUM_KEEP_TRACES=1"
    return Kept(pathlib.Path(stack["traces"]))


@pytest.fixture(scope="module")
def enrolment(kept, story) -> list[dict]:
    """The spans of the trace that the story's enrolment was sent in."""
    until("the trace of the enrolment has reached all that hear of it",
          lambda: {(span["service"], span["name"]) for span in kept.of(story.trace)} >= ENDS, 30)
    # A step is sent after the steps below it. What stays without a parent is named by the test that asks for parents.
    with contextlib.suppress(StoryFailed):
        until("all parents", lambda: len(orphans(kept.of(story.trace))) == 1, 10)
    return kept.of(story.trace)


def orphans(spans: list[dict]) -> list[dict]:
    known = {span["spanId"] for span in spans}
    return [span for span in spans if span.get("parentSpanId") not in known]


def one(spans: list[dict], service: str, name: str) -> dict:
    found = [span for span in spans if (span["service"], span["name"]) == (service, name)]
    assert found, f"no {name} of {service} among {sorted({(span['service'], span['name']) for span in spans})}"
    return found[0]


def test_an_enrolment_is_one_trace_from_its_request_to_what_comes_of_it(enrolment, story):
    sent = next(one for one in story.client.exchanges if story.trace in one.headers.get("traceparent", ""))
    request = one(enrolment, "enrollments", "POST /v1/enrollments")
    assert request["kind"] == "server" and request["about"]["http.response.status_code"] == "201"
    assert request["parentSpanId"] == sent.headers["traceparent"].split("-")[2]
    transaction, told = one(enrolment, "enrollments", "transaction"), one(enrolment, "enrollments", "publish lyceum.enrollment.granted.v1")
    assert transaction["parentSpanId"] == request["spanId"] and told["kind"] == "producer"
    heard = {service: one(enrolment, service, "process lyceum.enrollment.granted.v1") for service in ("notifications", "courses")}
    for span in (told, *heard.values()):
        assert span["parentSpanId"] == transaction["spanId"], f"{span['name']} of {span['service']} is not below the transaction that made it true"
    assert {span["kind"] for span in heard.values()} == {"consumer"}
    assert one(enrolment, "search", "process lyceum.course.updated.v1")["parentSpanId"] == heard["courses"]["spanId"]
    # The mail, with its address from another service.
    asked, answered = one(enrolment, "notifications", "GET users"), one(enrolment, "users", "GET /internal/v1/users/{userId}/contact")
    assert asked["parentSpanId"] == one(enrolment, "notifications", "mail welcome-to-course")["spanId"]
    assert answered["parentSpanId"] == asked["spanId"] and answered["kind"] == "server"


def test_every_span_has_its_parent_and_does_not_begin_before_it(enrolment):
    """But for the request, whose parent is outside."""
    known = {span["spanId"]: span for span in enrolment}
    assert len(known) == len(enrolment)
    assert [span["name"] for span in orphans(enrolment)] == ["POST /v1/enrollments"]
    for span in enrolment:
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"])
        if parent := known.get(span.get("parentSpanId")):
            assert int(parent["startTimeUnixNano"]) <= int(span["startTimeUnixNano"]), (parent["name"], span["name"])


def test_a_trace_that_begins_at_the_gateway_is_named_in_its_log_and_kept_by_the_services(kept, stack):
    request_id = requests.get(stack["gateway"] + "/v1/categories", timeout=10).headers["x-request-id"]
    trace = request_id.replace("-", "")
    served = until("the request's span", lambda: kept.of(trace), 30)
    assert one(served, "courses", "GET /v1/categories")["parentSpanId"] == trace[16:]
    log = pathlib.Path(stack["logs"]) / "gateway-access.log"
    until("the line of the gateway's log", lambda: any(request_id in line and trace in line for line in log.read_text().splitlines()), 30)


def test_a_call_between_services_is_a_client_span_and_a_server_span_below_it(kept, story):
    def pairs() -> list[tuple[dict, dict]]:
        spans = kept.look()
        clients = {span["spanId"]: span for span in spans if span["kind"] == "client"}
        return [(clients[span["parentSpanId"]], span) for span in spans if span["kind"] == "server" and span.get("parentSpanId") in clients]

    wanted = {("notifications", "users"), ("delivery", "courses"), ("delivery", "enrollments")}
    until("calls between services", lambda: {(client["service"], server["service"]) for client, server in pairs()} >= wanted, 30)
    for client, server in pairs():
        assert client["about"]["peer.service"] == server["service"] and client["traceId"] == server["traceId"]


def test_the_job_of_an_upload_is_in_the_trace_of_its_last_bytes(kept, story):
    def done() -> dict | None:
        jobs = [span for span in kept.look() if (span["service"], span["name"]) == ("media-worker", "media job")]
        return next((span for span in jobs if span["about"]["lyceum.media.outcome"] == "completed"), None)

    job = until("the media job's span", done, 30)

    def told() -> bool:
        return any(span["name"] == "process lyceum.media.ready.v1" and span["service"] == "courses" for span in kept.of(job["traceId"]))

    until("the stream is attached in the same trace", told, 30)
    assert one(kept.of(job["traceId"]), "media", "PATCH /v1/uploads/{uploadId}")["spanId"] == job["parentSpanId"]


def test_stores_are_named_and_neither_values_nor_people_are(kept, story):
    spans = kept.look()
    assert {"postgresql", "mongodb", "redis", "elasticsearch"} <= {span["about"].get("db.system.name") for span in spans}
    text = json.dumps(spans)
    for account in (story.instructor, story.student):
        for secret in (account.email, account.password, account.token, account.name):
            assert secret not in text, secret
    assert story.title not in text


def test_a_trace_that_its_sender_does_not_keep_is_not_kept(kept, stack):
    dropped, followed = secrets.token_hex(16), secrets.token_hex(16)
    for trace, flags in ((dropped, "00"), (followed, "01")):
        headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-{flags}"}
        assert requests.get(stack["gateway"] + "/v1/categories", headers=headers, timeout=10).status_code == 200
    until("the trace that is kept", lambda: kept.of(followed), 30)
    assert kept.of(dropped) == []


@pytest.fixture
def real(tmp_path, capsys):
    if not (program := RealCollector.program(tmp_path)):
        reason = "no real OpenTelemetry collector is here: LYCEUM_OTELCOL names none"
        with capsys.disabled():
            print(f"\n  skipped: {reason}")
        pytest.skip(reason)
    with RealCollector(program, tmp_path) as collector:
        yield collector


def test_a_real_collector_takes_a_trace(stack, real, story):
    """What it prints is what it has understood."""
    trace = secrets.token_hex(16)
    with Instance(stack, "delivery", OTLP_URL=real.url) as delivery:
        headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01", "authorization": f"Bearer {story.student.token}"}
        assert requests.post(f"{delivery.url}/v1/lectures/{story.video}/playback", headers=headers, timeout=30).status_code == 200
        until("the collector has the trace", lambda: real.printed.count(trace) >= 3, 30)
    assert "service.name: Str(delivery)" in real.printed
    spans = [dict(re.findall(r"^ +(\S[^:\n]*?) +: (.*)$", text, re.MULTILINE)) for text in real.printed.split("\nSpan #")[1:]]
    ours = [span for span in spans if span["Trace ID"] == trace]
    (request,) = [span for span in ours if span["Kind"] == "Server"]
    assert (request["Name"], request["Parent ID"]) == ("POST /v1/lectures/{lectureId}/playback", "b7ad6b7169203331")
    calls = [span for span in ours if span["Kind"] == "Client"]
    assert len(calls) >= 2 and {span["Parent ID"] for span in calls} == {request["ID"]}
