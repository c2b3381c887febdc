"""`lyceum courses import`: a catalogue with bad lines, twice, and one that is killed half way and goes on."""
import gzip
import json
import re
import secrets
import signal

import pytest
from client import Client
from lyceum import Program
from waiting import until

GOOD, KILLED_LINES = 60, 2500
BAD_LINES = {7: "not json", 20: '{"id": "no title"}', 33: '{"title": "no id"}', 41: "", 42: '{"id": "a", "title": 5}', 50: '{"id":"x","title":"y"'}
FOUND_SECONDS = 60


def line(word: str, number: int) -> str:
    course = {"id": f"test:{word}-{number}", "platform": "test", "title": f"{word} number {number}",
              "level": ["beginner", "advanced", "all"][number % 3],
              "is_paid": number % 2 == 0, "price": 19.99 if number % 2 == 0 else 0, "price_currency": "USD", "enrolled": number, "rating": 4.5,
              "num_reviews": 3, "num_lectures": 12, "duration_hours": 1.5, "published_at": "2023-06-01T00:00:00Z", "instructors": ["Grace Hopper"],
              "category": "Astronomy", "subcategory": "Comets", "language": "English", "unknown_field": {"is": "ignored"}}
    return json.dumps(course)


@pytest.fixture(scope="module")
def importer(stack) -> Program:
    return Program(stack, "lyceum")


@pytest.fixture
def client(stack) -> Client:
    return Client(stack["gateway"])


def total(client: Client, word: str, more: str = "") -> int:
    """How many courses search finds; -1 while the engine has no time for it."""
    return client.ask("GET", f"/v1/search?q={word}&limit=1{more}", (200, 503), quiet=True).json.get("total", -1)


@pytest.fixture(scope="module")
def imported(importer, tmp_path_factory):
    """Sixty good lines with bad ones among them, as .gz."""
    word = "comet" + secrets.token_hex(4)
    lines = [line(word, number) for number in range(GOOD)]
    for place, text in sorted(BAD_LINES.items()):
        lines.insert(place - 1, text)
    path = tmp_path_factory.mktemp("catalogue") / "courses.ndjson.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode() + b"\n"))
    return word, path, importer.run("courses", "import", str(path))


def test_good_lines_become_courses_and_bad_ones_are_named_and_skipped(imported, client):
    word, _, done = imported
    assert done.returncode == 0, done.stderr
    named = {int(number) for number in re.findall(r"^line (\d+) is skipped: \S", done.stderr, re.MULTILINE)}
    assert named == {place for place, text in BAD_LINES.items() if text}
    until(f"search finds all {GOOD}", lambda: total(client, word) == GOOD, FOUND_SECONDS)


def test_what_was_imported_is_a_course_like_any_other(imported, client):
    word, _, _ = imported
    until(f"search finds all {GOOD}", lambda: total(client, word) == GOOD, FOUND_SECONDS)
    assert total(client, word, "&price=free") == total(client, word, "&price=paid") == GOOD // 2
    assert total(client, word, "&level=beginner") == GOOD // 3
    assert total(client, word, "&category=astronomy") == total(client, word, "&category=astronomy-comets") == GOOD
    item = client.ask("GET", f"/v1/search?q={word}+number+4&limit=1").json["items"][0]
    page = client.ask("GET", f"/v1/courses/{item['id']}").json
    assert page["price"] == {"amount": 1999, "currency": "USD"} and page["instructors"][0]["displayName"] == "Grace Hopper"
    assert page["durationMs"] == 5_400_000 and page["lectureCount"] == 12


def test_a_second_run_adds_nothing(imported, importer, client):
    word, path, _ = imported
    until(f"search finds all {GOOD}", lambda: total(client, word) == GOOD, FOUND_SECONDS)
    done = importer.run("courses", "import", str(path))
    assert done.returncode == 0, done.stderr
    assert re.search(r"\b0 (courses )?added", done.stdout), done.stdout
    assert total(client, word) == GOOD


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=lambda how: how.name)
def test_a_run_that_is_ended_goes_on_where_it_was(importer, client, tmp_path, how):
    word = "meteor" + secrets.token_hex(4)
    path = tmp_path / "long.ndjson"
    path.write_text("".join(line(word, number) + "\n" for number in range(KILLED_LINES)))
    process = importer.start("courses", "import", str(path))
    try:
        shown = [process.stderr.readline() for _ in range(2)]
        process.send_signal(how)
        process.wait(timeout=20)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -how, f"it ended before it was killed: {shown}"
    done = importer.run("courses", "import", str(path), seconds=300)
    assert done.returncode == 0, done.stderr
    there = int(re.search(r"([\d,]+) (?:were )?(?:there )?already", done.stdout)[1].replace(",", ""))
    assert 250 <= there < KILLED_LINES, done.stdout
    until(f"search finds all {KILLED_LINES}", lambda: total(client, word) == KILLED_LINES, 120)


def test_a_file_that_is_not_there_is_named(importer):
    done = importer.run("courses", "import", "/nowhere/courses.ndjson")
    assert done.returncode != 0 and "/nowhere/courses.ndjson" in done.stderr and len(done.stderr.splitlines()) <= 3
