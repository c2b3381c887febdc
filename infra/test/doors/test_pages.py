"""The pages in a real browser: the API reference, and the player on both of its ways."""
import json
import re
import subprocess

import pytest
from chromium import Chromium
from test_edge import ASSET, key, signed  # noqa: F401

STREAM = "b5c6d7"
COURSE = {"id": "c1", "title": "Rabbits & others", "sections": [{"id": "s1", "title": "One", "lectures": [
    {"id": "l1", "kind": "video", "title": "A rabbit", "durationMs": 5280, "isPreview": True},
    {"id": "l2", "kind": "article", "title": "Text", "durationMs": None, "isPreview": False}]}]}


@pytest.fixture(scope="module")
def browser():
    browser = Chromium()
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="module")
def stream(doors, tmp_path_factory):
    """The demo clip as two renditions and a sound track of its own, behind the stand-in of delivery."""
    folder = tmp_path_factory.mktemp("stream")
    subprocess.run(
        ["ffmpeg", "-v", "error", "-i", doors.layout.clip, "-filter_complex", "[0:v]split[a][b];[a]scale=640:360[va];[b]scale=320:180[vb]",
         "-map", "[va]", "-map", "[vb]", "-map", "0:a", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-b:v:0", "600k", "-b:v:1", "150k", "-c:a", "aac",
         "-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init_%v.mp4",
         "-hls_segment_filename", folder / "s%v_%d.m4s", "-master_pl_name", "main.m3u8",
         "-var_stream_map", "v:0,agroup:a v:1,agroup:a a:0,agroup:a,default:yes", folder / "p%v.m3u8"], check=True)
    for path in folder.iterdir():
        doors.services["delivery"].files[path.name] = path.read_bytes()
    return folder


@pytest.fixture
def platform(doors, key, stream, browser):  # noqa: F811
    browser.open(doors.gateway.url + "/watch/demo.json")
    browser.evaluate("sessionStorage.clear()")
    path = signed(key, content=STREAM)
    playback = {"manifests": {"hls": f"{doors.edge.url}{path}/main.m3u8"}, "poster": None, "expiresAt": "2030-01-01T00:00:00Z", "position": 0}
    doors.services["delivery"].fixed["/v1/lectures/l1/playback"] = playback
    doors.services["courses"].fixed["/v1/courses/c1"] = COURSE
    user = {"id": "u1", "displayName": "Ann", "roles": ["student"]}
    doors.services["users"].fixed["/v1/sessions"] = {"accessToken": doors.keys.token(), "refreshToken": "r", "tokenType": "Bearer", "expiresIn": 600, "user": user}
    doors.services["enrollments"].fixed["/v1/me/courses/c1/lectures/l1/progress"] = {"lectureId": "l1", "percent": 40, "completed": False, "coursePercent": 20}
    return doors


def test_the_reference_shows_every_operation_without_another_site(doors, browser):
    browser.open(doors.gateway.url + "/reference/")
    shown = browser.wait_for("document.querySelectorAll('.opblock').length")
    contract = (doors.layout.root / "docs/openapi.yaml").read_text()
    assert shown == len(re.findall(r"^    (?:get|post|put|patch|delete|head|options):", contract, re.MULTILINE))
    assert [message for message in browser.messages if "Content Security Policy" in message] == []


@pytest.mark.parametrize("way", ["native", "mse"])
def test_a_lecture_plays_and_what_was_watched_is_reported(platform, browser, way):
    platform.services["enrollments"].seen.clear()
    browser.open(f"{platform.gateway.url}/watch/?course=c1&lecture=l1&player={way}")
    browser.wait_for("document.querySelector('#sign-in:not([hidden])')")
    browser.evaluate("document.getElementById('email').value = 'a@b.test'; document.getElementById('password').value = 'long enough'; document.getElementById('sign-in').requestSubmit()")
    browser.wait_for("document.getElementById('account-name').textContent === 'Ann'")
    browser.wait_for("document.getElementById('video').currentTime > 1")
    assert browser.evaluate("""(() => { const c = document.createElement('canvas'); c.width = c.height = 16; const x = c.getContext('2d');
        x.drawImage(document.getElementById('video'), 0, 0, 16, 16); return x.getImageData(0, 0, 16, 16).data.reduce((a, b) => a + b) - 255 * 256; })()""") > 1000
    browser.wait_for("document.getElementById('video').ended")
    browser.wait_for("document.getElementById('progress').value === 40")
    reports = [seen for seen in platform.services["enrollments"].seen if seen["path"] == "/v1/me/courses/c1/lectures/l1/progress"]
    watched = {second for seen in reports for first, last in json.loads(seen["body"])["intervals"] for second in range(first, last)}
    assert watched == {0, 1, 2, 3, 4}
    assert [message for message in browser.messages if "Content Security Policy" in message] == []


def test_our_own_player_jumps(platform, browser):
    browser.open(f"{platform.gateway.url}/watch/?course=c1&lecture=l1&player=mse")
    browser.wait_for("document.getElementById('video').currentTime > 0.2")
    browser.evaluate("document.getElementById('video').currentTime = 4.2")
    browser.wait_for("document.getElementById('video').currentTime > 4.5 || document.getElementById('video').ended")
    assert abs(browser.evaluate("document.getElementById('video').duration") - 5.28) < 0.3


def test_a_stranger_is_told_why_and_can_sign_in(platform, browser):
    platform.services["delivery"].fixed.pop("/v1/lectures/l1/playback")
    platform.services["delivery"].statuses["/v1/lectures/l1/playback"] = 403
    try:
        browser.open(f"{platform.gateway.url}/watch/?course=c1&lecture=l1")
        browser.wait_for("document.getElementById('status').textContent !== ''")
        assert browser.evaluate("document.getElementById('sign-in').hidden") is False
        assert browser.evaluate("document.title") == "Rabbits & others: Lyceum"
    finally:
        platform.services["delivery"].statuses.clear()
