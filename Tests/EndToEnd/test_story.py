"""The story of a course through the gateway, a step a test: each needs those before it."""
import pathlib
import subprocess
import sys

import curl
import pytest
from client import Answer, Exchange
from story import Story

DEMO = pathlib.Path(__file__).resolve().parents[2] / "infra/demo/story.py"


@pytest.mark.parametrize("step", Story.STEPS, ids=lambda step: step.__name__)
def test_the_story(telling, step):
    telling.until(step)


def test_an_upload_whose_connection_breaks_keeps_what_arrived(telling):
    """The bytes of a piece that never ended are kept, and the next piece begins after them."""
    import socket
    import urllib.parse

    from course import upload_metadata
    from waiting import until
    story = telling.until(Story.course_is_published)
    author, course = story.instructor, story.course
    course.refresh()
    lecture = course.add_lecture(course.draft["sections"][0]["id"], "video", "Never whole")
    made = author.ask("POST", "/v1/uploads", 201, headers={
        "tus-resumable": "1.0.0", "upload-length": "10000000", "upload-metadata": upload_metadata(course.id, lecture, "part.mp4")})
    path = made.headers["location"]
    gateway = urllib.parse.urlsplit(story.stack["gateway"])
    head = (f"PATCH {path} HTTP/1.1\r\nHost: {gateway.netloc}\r\nAuthorization: Bearer {author.token}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            "Content-Type: application/offset+octet-stream\r\nContent-Length: 10000000\r\n\r\n")

    def offset() -> int:
        return int(author.ask("HEAD", path, headers={"tus-resumable": "1.0.0"}, quiet=True).headers["upload-offset"])

    # What a proxy still held when the connection broke is gone; what the service has said to be safe is not.
    with socket.create_connection((gateway.hostname, gateway.port), timeout=30) as connection:
        connection.sendall(head.encode() + b"x" * 8_000_000)
        safe = until("the first bytes to be safe", offset, 15)
    kept = offset()
    assert safe <= kept <= 8_000_000
    kept = until("the broken piece to end", lambda: offset() if _patch(author, path, offset(), b"y" * 1000) else None, 15)
    assert kept >= safe + 1000
    author.ask("DELETE", path, 204, headers={"tus-resumable": "1.0.0"})
    author.ask("HEAD", path, 404, headers={"tus-resumable": "1.0.0"})
    course.refresh()
    author.ask("DELETE", f"/v1/courses/{course.id}/draft/lectures/{lecture}", 200, headers={"if-match": course.etag})


def _patch(author, path: str, offset: int, data: bytes) -> bool:
    """Whether a piece was taken: 409 and 423 while the broken one is still being ended."""
    headers = {"tus-resumable": "1.0.0", "upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
    return author.ask("PATCH", path, (204, 409, 423), data=data, headers=headers, quiet=True).status == 204


def test_the_demo_tells_it_all_and_says_so(stack):
    done = subprocess.run([sys.executable, DEMO, "--stack", stack.path], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count("  $ curl -s ") > 40
    assert done.stdout.rstrip().endswith("A segment through the CDN's edge: 200")
    assert "eyJ" in done.stdout and not any(len(word) > 400 for word in done.stdout.split())


def test_the_demo_fails_aloud_without_a_stack(tmp_path):
    done = subprocess.run([sys.executable, DEMO, "--stack", tmp_path / "stack.json"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "make run" in done.stderr


def test_a_request_is_shown_as_curl_without_its_secrets():
    token = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIwMThmIn0.c2lnbmF0dXJlc2lnbmF0dXJl"
    shown = curl.command(Exchange("POST", "http://127.0.0.1/v1/x", {"authorization": f"Bearer {token}"}, b'{"a": 1}', Answer(200, {}, b"", 0)))
    assert shown == """curl -s -X POST http://127.0.0.1/v1/x -H 'authorization: Bearer eyJhbGciO…' -d '{"a": 1}'"""
    assert curl.shortened("/s/1795273200.k.session.signature/a/b/c.m4s") == "/s/1795273200.…/a/b/c.m4s"
