"""A headless Chromium plays the story's video from the CDN's edge: on a page that is not ours, and on the product's own."""
import http.server
import json
import sys
import threading
import urllib.parse

import pytest
from conftest import ROOT

sys.path.append(str(ROOT / "infra/test/doors"))

from chromium import Chromium  # noqa: E402
from waiting import until  # noqa: E402

PAGE = """<!doctype html><title>A page of somebody else's</title><video id="video" muted playsinline crossorigin="anonymous"></video><script>
const video = document.getElementById('video');
const events = [];
let refusal = null;
for (const name of ['loadedmetadata', 'playing', 'seeked', 'ended', 'error']) { video.addEventListener(name, () => events.push(name)); }
video.src = new URLSearchParams(location.search).get('stream');
video.play().catch((error) => { refusal = error.name; });
</script>"""
BRIGHTNESS = """(() => {
    const canvas = document.createElement('canvas');
    canvas.width = 64; canvas.height = 36;
    const context = canvas.getContext('2d');
    context.drawImage(document.getElementById('video'), 0, 0, 64, 36);
    const data = context.getImageData(0, 0, 64, 36).data;
    let sum = 0;
    for (let i = 0; i < data.length; i += 4) { sum += data[i] + data[i + 1] + data[i + 2]; }
    return sum / (64 * 36 * 3);
})()"""
"""The mean of all colours: 0 is black."""
BLACK = 8


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        text = PAGE.encode() if self.path.startswith("/page?") else b""
        self.send_response(200 if text else 404)
        self.send_header("content-type", "text/html")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words):
        pass


@pytest.fixture(scope="module")
def foreign_site():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser():
    browser = Chromium()
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture
def stream(story) -> str:
    return story.student.ask("POST", f"/v1/lectures/{story.video}/playback").json["manifests"]["hls"]


def test_the_video_plays_from_the_edge_on_any_page(browser, foreign_site, stream, story):
    browser.open(f"{foreign_site}/page?{urllib.parse.urlencode({'stream': stream})}")
    browser.wait_for("video.currentTime > 0.5 || video.error", 40)
    assert browser.evaluate("video.error && video.error.message") is None
    first = browser.evaluate("video.currentTime")
    browser.wait_for(f"video.currentTime > {first} + 1", 40)
    browser.wait_for(f"{BRIGHTNESS} > {BLACK}", 20)
    assert browser.evaluate("video.getVideoPlaybackQuality().totalVideoFrames") > 10
    assert abs(browser.evaluate("video.duration") - story.duration_ms / 1000) < 0.5
    assert browser.evaluate("video.videoHeight") >= 144


def test_the_player_can_jump(browser, foreign_site, stream):
    browser.open(f"{foreign_site}/page?{urllib.parse.urlencode({'stream': stream})}")
    browser.wait_for("video.readyState >= 2", 40)
    browser.evaluate("video.pause(), video.currentTime = video.duration * 0.7, 1")
    browser.wait_for("events.includes('seeked') && video.readyState >= 2", 40)
    assert browser.evaluate("video.error && video.error.message") is None
    browser.wait_for(f"{BRIGHTNESS} > {BLACK}", 20)
    browser.evaluate("video.play(), 1")
    browser.wait_for("video.ended", 40)


def test_a_path_that_was_altered_does_not_play(browser, foreign_site, stream, story):
    altered = next(iter(story.playback.refused_paths(stream).values()))
    browser.open(f"{foreign_site}/page?{urllib.parse.urlencode({'stream': altered})}")
    browser.wait_for("refusal !== null", 40)
    browser.wait_for(f"fetch({json.dumps(altered)}).then(answer => answer.status === 403)")
    assert browser.evaluate("[refusal, video.currentTime, video.readyState]") == ["NotSupportedError", 0, 0]


@pytest.mark.parametrize("player", ["native", "mse"])
def test_our_own_page_plays_it_and_reports_what_was_watched(browser, story, player):
    student = story.student
    path = f"/v1/me/courses/{story.course.id}"
    before = student.ask("GET", path).json
    browser.open(f"{story.stack['gateway']}/watch/demo.json")
    browser.evaluate("sessionStorage.clear()")
    browser.open(f"{story.stack['gateway']}/watch/?course={story.course.id}&lecture={story.video}&player={player}")
    browser.wait_for("document.querySelector('#sign-in:not([hidden])')")
    browser.evaluate(f"document.getElementById('email').value = {json.dumps(student.email)}, document.getElementById('password').value = "
                     f"{json.dumps(student.password)}, document.getElementById('sign-in').requestSubmit()")
    browser.wait_for("document.getElementById('video').currentTime > 1", 60)
    browser.wait_for(f"{BRIGHTNESS} > {BLACK}", 20)
    browser.wait_for("document.getElementById('video').ended", 60)
    until("the page's report of what was watched", lambda: student.ask("GET", path, quiet=True).json["lastActivityAt"] > before["lastActivityAt"], 20)
    assert student.ask("GET", path).json["percent"] == 100
