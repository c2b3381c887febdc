"""Files that are no video: the asset ends refused with a reason and a sentence, the instructor gets a mail, and the lecture takes another file."""
import pathlib
import secrets

import pytest
from account import Account
from client import Client
from course import Course
from maildir import Maildir
from upload import uploader
from waiting import until

REFUSED_SECONDS = 60


def empty(clip: bytes) -> bytes:
    return b""


def text(clip: bytes) -> bytes:
    return b"This is a text, whatever its name says.\n" * 400


def playlist(clip: bytes) -> bytes:
    """A playlist that would make a careless reader open a file of its own machine."""
    return b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:///etc/passwd\n#EXTINF:10,\nhttp://127.0.0.1:1/x.ts\n#EXT-X-ENDLIST\n"


def truncated(clip: bytes) -> bytes:
    return clip[:len(clip) * 6 // 10]


def noise(clip: bytes) -> bytes:
    """A head that says MP4 and nothing of it after that."""
    return clip[:64] + secrets.token_bytes(200_000)


FILES = [empty, text, playlist, truncated, noise]


@pytest.fixture(scope="module")
def refused(stack, tmp_path_factory) -> dict:
    """All of them uploaded at once, each for a lecture of its own, so that the worker has them in a row."""
    client, mail = Client(stack["gateway"]), Maildir(stack["mailbox"])
    author = Account(client, mail, "Rita Refused", teaches=True).open()
    course = Course(author, "A course of files that are no video")
    course.create()
    section = course.add_section("Refused")
    folder = tmp_path_factory.mktemp("files")
    lectures = {}
    for make in FILES:
        lectures[make.__name__] = course.add_lecture(section, "video", make.__name__)
        file = folder / f"{make.__name__}.mp4"
        file.write_bytes(make(stack.clip.read_bytes()))
        upload(stack, author, course, lectures[make.__name__], file)
    return {"author": author, "course": course, "lectures": lectures, "mail": mail, "folder": folder}


def upload(stack, author: Account, course: Course, lecture: str, file: pathlib.Path) -> None:
    uploader(stack["gateway"], author.token, file, course.id, lecture, chunk=1 << 20).upload()


def ended(course: Course, lecture: str) -> dict | None:
    asset = course.asset_of(lecture)
    return asset if asset and asset["state"] in ("ready", "refused", "failed") else None


@pytest.mark.parametrize("name", [make.__name__ for make in FILES])
def test_a_file_that_is_no_video_is_refused_with_a_reason(refused, name):
    course, lecture = refused["course"], refused["lectures"][name]
    asset = until(f"the end of {name}", lambda: ended(course, lecture), REFUSED_SECONDS)
    assert asset["state"] == "refused", asset
    assert asset["reason"] and " " not in asset["reason"], asset
    assert len(asset["detail"]) > 20 and asset["detail"].endswith("."), asset
    assert not any(word in asset["detail"] for word in ("/", "errno", "av_", "Error", "nil")), asset["detail"]


def test_the_reasons_tell_the_files_apart(refused):
    course, lectures = refused["course"], refused["lectures"]
    reasons = {name: until(name, lambda lecture=lecture: ended(course, lecture), REFUSED_SECONDS)["reason"] for name, lecture in lectures.items()}
    assert reasons["empty"] not in (reasons["text"], reasons["truncated"]) and reasons["text"] != reasons["truncated"], reasons


def test_the_lecture_shows_why(refused):
    course, lecture = refused["course"], refused["lectures"]["truncated"]

    def shown() -> dict | None:
        course.refresh(quiet=True)
        asset = course.lecture(lecture)["asset"]
        return asset if asset and asset["state"] == "refused" else None

    asset = until("the lecture shows the refusal", shown, REFUSED_SECONDS)
    assert asset["reason"] and asset["detail"]


def test_the_instructor_gets_a_mail_for_each(refused):
    course = refused["course"]
    for name, lecture in refused["lectures"].items():
        asset = until(name, lambda lecture=lecture: ended(course, lecture), REFUSED_SECONDS)
        refused["mail"].wait(refused["author"].email, asset["detail"], 30)


def test_a_course_with_a_refused_video_is_not_published(refused):
    course = refused["course"]
    course.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=["development"])
    course.refresh()
    problem = refused["author"].ask("POST", f"/v1/courses/{course.id}/publish", 422, headers={"if-match": course.etag}).json
    assert any("lectures" in error["pointer"] for error in problem["errors"]), problem


def test_another_file_for_the_lecture_mends_it(refused, stack):
    course, lecture = refused["course"], refused["lectures"]["text"]
    until("the first one refused", lambda: ended(course, lecture), REFUSED_SECONDS)
    upload(stack, refused["author"], course, lecture, stack.clip)
    until("the second one ready", lambda: (ended(course, lecture) or {}).get("state") == "ready", 240)
