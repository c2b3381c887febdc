"""What a tus client may get wrong: the answers that tus 1.0.0 asks for."""
import pytest
from course import upload_metadata
from problems import refused
from world import TUS

ANYWHERE = tuple(range(200, 600))


def create(world, **headers):
    good = {"tus-resumable": "1.0.0", "upload-length": "10", "upload-metadata": upload_metadata(world.course.id, world.video, "a.mp4")}
    fields = {name: value for name, value in (good | {name.replace("_", "-"): value for name, value in headers.items()}).items() if value is not None}
    return world.instructor.ask("POST", "/v1/uploads", ANYWHERE, headers=fields)


def send(world, data=b"abc", **headers):
    good = TUS | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    fields = {name: value for name, value in (good | {name.replace("_", "-"): value for name, value in headers.items()}).items() if value is not None}
    return world.instructor.ask("PATCH", f"/v1/uploads/{world.upload}", ANYWHERE, data=data, headers=fields)


@pytest.mark.parametrize("version", [None, "", "0.2.2", "2.0.0", "1.0.0, 1.0.0"])
def test_another_version_is_412_and_ours_is_named(world, version):
    for answer in (create(world, tus_resumable=version), send(world, tus_resumable=version)):
        refused(answer, {412})
        assert answer.headers["tus-version"] == "1.0.0"


@pytest.mark.parametrize("length", [None, "", "abc", "-1", "1.5", "0x10", "99999999999999999999999", "+5"])
def test_a_length_that_is_none_is_400(world, length):
    refused(create(world, upload_length=length), {400})


def test_a_length_beyond_the_largest_is_413(world):
    largest = int(world.client.ask("OPTIONS", "/v1/uploads", 204).headers["tus-max-size"])
    refused(create(world, upload_length=str(largest + 1)), {413})


@pytest.mark.parametrize("metadata", [None, "", "filename", "filename !!!", "filename YQ==,courseId YQ==", "courseId /w==", ",,,,", "a" * 5000])
def test_metadata_that_cannot_be_used_is_refused(world, metadata):
    refused(create(world, upload_metadata=metadata), {400, 413, 422, 431})


def test_an_article_takes_no_video(world):
    refused(create(world, upload_metadata=upload_metadata(world.course.id, world.article, "a.mp4")), {409})


def test_a_lecture_of_another_course_is_404(world):
    other = "018f0000-0000-7000-8000-00000000dead"
    refused(create(world, upload_metadata=upload_metadata(other, world.video, "a.mp4")), {404})
    refused(create(world, upload_metadata=upload_metadata(world.course.id, other, "a.mp4")), {404})


@pytest.mark.parametrize("offset", [None, "", "abc", "-1", "0x0"])
def test_an_offset_that_is_none_is_400(world, offset):
    refused(send(world, upload_offset=offset), {400})


@pytest.mark.parametrize("offset", ["1", "999", "99999"])
def test_bytes_from_elsewhere_are_409_and_the_offset_stays(world, offset):
    refused(send(world, upload_offset=offset), {409})
    answer = world.instructor.ask("HEAD", f"/v1/uploads/{world.upload}", headers=TUS)
    assert answer.headers["upload-offset"] == "0" and answer.headers["cache-control"] == "no-store"


def test_more_bytes_than_announced_are_413(world):
    answer = create(world, upload_length="10")
    headers = TUS | {"upload-offset": "0", "content-type": "application/offset+octet-stream"}
    refused(world.instructor.ask("PATCH", answer.headers["location"], ANYWHERE, data=b"x" * 20, headers=headers), {413})


@pytest.mark.parametrize("kind", [None, "", "application/json", "application/octet-stream"])
def test_bytes_of_another_kind_are_415(world, kind):
    refused(send(world, content_type=kind), {415})


def test_a_checksum_that_does_not_fit_drops_the_piece(world):
    extensions = world.client.ask("OPTIONS", "/v1/uploads", 204).headers["tus-extension"].split(",")
    assert {"creation", "expiration", "termination"} <= set(extensions)
    if "checksum" in extensions:
        refused(send(world, upload_checksum="sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA="), {460})
    answer = world.instructor.ask("HEAD", f"/v1/uploads/{world.upload}", headers=TUS)
    assert answer.headers["upload-offset"] == "0"
