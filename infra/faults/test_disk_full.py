"""The disk of uploads and objects is full: who sends is told so and keeps what arrived, nobody else notices, and with room again the same upload goes on."""
import pathlib

from client import Client
from course import upload_metadata
from instance import Instance
from problems import refused
from world import TUS

ANY = tuple(range(200, 600))
MIB = 1 << 20
DISK_MIB = 14
WHOLE = 24 * MIB
PIECE = 4 * MIB


class Uploads:
    """Uploads at one instance of media, by the instructor of the story."""

    def __init__(self, instance: Instance, story):
        self._client, self._story = Client(instance.url), story

    def ask(self, method: str, path: str, **words):
        return self._client.ask(method, path, ANY, token=self._story.instructor.token, quiet=True, **words)

    def create(self, length: int) -> str:
        metadata = upload_metadata(self._story.course.id, self._story.video, "long.mp4")
        answer = self.ask("POST", "/v1/uploads", headers={"tus-resumable": "1.0.0", "upload-length": str(length), "upload-metadata": metadata})
        assert answer.status == 201, answer
        return "/v1/uploads/" + answer.headers["location"].rpartition("/")[2]

    def send(self, path: str, at: int, data: bytes):
        return self.ask("PATCH", path, headers=TUS | {"upload-offset": str(at), "content-type": "application/offset+octet-stream"}, data=data)

    def offset(self, path: str) -> int:
        return int(self.ask("HEAD", path, headers=TUS).headers["upload-offset"])


def test_uploads_wait_for_room_and_lose_nothing(story, stack, tmp_path, tell):
    folder = tmp_path / "store"
    folder.mkdir()
    with Instance(stack, "media", disk=(folder, DISK_MIB * MIB), OBJECT_STORE=f"file://{folder}", UPLOAD_FOLDER=f"{folder}/.uploads") as instance:
        uploads = Uploads(instance, story)
        long, other, begun = uploads.create(WHOLE), uploads.create(WHOLE), 0
        while (answer := uploads.send(long, begun, bytes(PIECE))).status == 204:
            begun = int(answer.headers["upload-offset"])
            assert begun < DISK_MIB * MIB, "the disk is not full"
        refused(answer, {507})
        assert answer.headers["retry-after"]
        kept = uploads.offset(long)
        assert begun <= kept < DISK_MIB * MIB
        refused(uploads.send(other, 0, bytes(PIECE)), {507})
        told = uploads.offset(other)
        assert 0 <= told < PIECE
        # Reads need no room, and the process has taken no harm.
        assert uploads.ask("GET", f"/v1/courses/{story.course.id}/assets").status == 200
        assert uploads.ask("OPTIONS", "/v1/uploads").status == 204
        assert uploads.ask("DELETE", long, headers=TUS).status == 204
        again = uploads.send(other, told, bytes(PIECE))
        assert again.status == 204 and uploads.offset(other) == told + PIECE
        assert uploads.ask("DELETE", other, headers=TUS).status == 204
        assert list(pathlib.Path(f"/proc/{instance.process.pid}/root{folder}/.uploads").iterdir()) == []
        tell(f"a disk of {DISK_MIB} MiB: 507 after {kept / MIB:.1f} MiB, another upload stopped at {told / MIB:.1f} MiB and went on from there")
