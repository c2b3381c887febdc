"""The edge: signed paths, the cache behind them, and ranges."""
import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import time

import pytest
import requests

from origin import CONTENT

ASSET, HASH = "018f0000-0000-7000-8000-000000000001", "a1b2c3d4"


@pytest.fixture
def key(doors):
    secret = secrets.token_bytes(32)
    (doors.layout.keys / "playback.keys").write_text(
        "new " + base64.urlsafe_b64encode(secret).decode().rstrip("=") + "\nold " + base64.urlsafe_b64encode(b"o" * 32).decode().rstrip("=") + "\n")
    return secret


def signed(secret, asset=ASSET, content=HASH, kid="new", seconds=60):
    claim = f"{int(time.time()) + seconds}.{kid}.018f-session"
    mac = hmac.new(secret, f"{claim}/{asset}/{content}".encode(), hashlib.sha256).digest()
    return f"/s/{claim}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}/{asset}/{content}"


def ask(doors, path, method="GET", **headers):
    return requests.request(method, doors.edge.url + path, headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=20)


def refused(answer):
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "https://lyceum.example/problems/forbidden"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_signed_path_is_served_and_an_old_key_is_good_too(doors, key):
    answer = ask(doors, signed(key) + "/first.m4s")
    assert answer.status_code == 200 and answer.content == CONTENT
    assert answer.headers["content-type"] == "video/mp4" and answer.headers["access-control-allow-origin"] == "*"
    assert ask(doors, signed(b"o" * 32, kid="old") + "/first.m4s").status_code == 200
    assert ask(doors, signed(key) + "/main.m3u8").headers["content-type"] == "application/vnd.apple.mpegurl"


def test_an_expired_altered_or_borrowed_path_is_403(doors, key):
    good = signed(key)
    token = good.split("/")[2]
    expiry, rest = token.split(".", 1)
    bad = [
        signed(key, seconds=-1) + "/a.m4s",
        good.replace(expiry, str(int(expiry) + 3600)) + "/a.m4s",
        good[:-len(f"/{ASSET}/{HASH}") - 1] + ("A" if token[-1] != "A" else "B") + f"/{ASSET}/{HASH}/a.m4s",
        good.replace(ASSET, ASSET[:-1] + "2") + "/a.m4s",
        good.replace(HASH, "ffffffff") + "/a.m4s",
        signed(key, kid="unknown") + "/a.m4s",
        signed(b"x" * 32) + "/a.m4s",
        good + "/deeper/a.m4s",
        good + "/",
        "/s/x/y/z/a.m4s",
    ]
    for path in bad:
        refused(ask(doors, path))
    before = len(doors.services["delivery"].seen)
    refused(ask(doors, bad[0]))
    assert len(doors.services["delivery"].seen) == before


def test_climbing_out_of_a_signed_path_is_refused(doors, key):
    path = signed(key) + f"/..%2f..%2f{ASSET}%2fffffffff%2fa.m4s"
    done = subprocess.run(["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--path-as-is", doors.edge.url + path], capture_output=True, text=True)
    assert done.stdout == "403"


def test_one_viewers_segment_is_anothers_hit(doors, key):
    file = f"/{secrets.token_hex(4)}.m4s"
    first = ask(doors, signed(key) + file)
    before = len(doors.services["delivery"].seen)
    second = ask(doors, signed(key, seconds=90) + file)
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("MISS", "HIT")
    assert first.content == second.content == CONTENT
    assert len(doors.services["delivery"].seen) == before


def test_delivery_gets_the_whole_signed_path_and_no_credentials(doors, key):
    path = signed(key) + f"/{secrets.token_hex(4)}.m4s"
    ask(doors, path, authorization="Bearer x", cookie="a=b", traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    seen = doors.services["delivery"].seen[-1]
    assert seen["path"] == path and "authorization" not in seen["headers"] and "cookie" not in seen["headers"]
    assert seen["headers"]["traceparent"].startswith("00-0af7651916cd43dd8448eb211c80319c")


@pytest.mark.parametrize("first,last", [(0, 9), (1_048_570, 1_048_590), (3_071_999, 3_071_999), (100, 2_900_000)])
def test_ranges_are_206_across_slices(doors, key, first, last):
    answer = ask(doors, signed(key) + "/ranged.m4s", range=f"bytes={first}-{last}")
    assert answer.status_code == 206 and answer.content == CONTENT[first:last + 1]
    assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(CONTENT)}"


def test_head_tells_the_length(doors, key):
    answer = ask(doors, signed(key) + "/headed.m4s", method="HEAD")
    assert answer.status_code == 200 and answer.headers["content-length"] == str(len(CONTENT))


def test_what_is_missing_and_what_is_not_a_read_are_refused(doors, key):
    assert ask(doors, signed(key) + "/missing.m4s").status_code == 404
    assert ask(doors, signed(key) + "/a.m4s", method="POST").status_code == 405
    preflight = ask(doors, signed(key) + "/a.m4s", method="OPTIONS", origin="http://a.test", access_control_request_method="GET")
    assert preflight.status_code == 204 and preflight.headers["access-control-allow-origin"] == "*"


def logged(doors, file):
    """What the access log says of a file of ours: the status, and the last of the tries upstream. A line is written after its answer."""
    deadline = time.monotonic() + 20
    while True:
        text = doors.layout.log("edge-access").read_text()
        lines = [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]
        found = [(line["status"], line["upstreamStatus"][-3:]) for line in lines if line["path"] == f"/s/-/{ASSET}/{HASH}{file}"]
        if found or time.monotonic() > deadline:
            return found
        time.sleep(0.02)


def test_no_log_has_a_token(doors, key):
    path = signed(key)
    ask(doors, path + "/logged.m4s")
    delivery = doors.services["delivery"]
    delivery.stop()
    try:
        assert ask(doors, path + "/fails.m4s").status_code == 503
    finally:
        delivery.start()
    refused(ask(doors, signed(b"x" * 32) + "/forged.m4s"))
    assert logged(doors, "/logged.m4s")[0][0] == 200 and logged(doors, "/forged.m4s") == [(403, "")]
    assert logged(doors, "/fails.m4s") == [(503, "502")]
    assert ask(doors, path + "/fails.m4s").status_code == 200
    for log in ("edge-access", "edge", "edge-output"):
        assert path.split("/")[2] not in doors.layout.log(log).read_text(), log
