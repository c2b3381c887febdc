"""Files that are no videos, sent in a load: each is whole with one request, and ends in the object store."""
import collections

from client import Answer, Client
from course import Course, upload_metadata
from world import TUS

ANY = tuple(range(200, 600))
MOST = 40
"""A worker looks at each of them, one after the other."""


class SmallFiles:
    """At each call another file of a few bytes, or one that was not taken at its end is asked about again."""

    def __init__(self, client: Client, course: Course, lecture: str):
        self._client, self._course, self._lecture = client, course, lecture
        self.begun = 0
        self.taken: list[str] = []
        self.waiting: collections.deque[str] = collections.deque()
        """All their bytes were sent, and the answer was that the store is away."""

    def __call__(self) -> Answer:
        if self.waiting:
            return self._send(self.waiting.popleft(), is_new=False)
        if self.begun >= MOST:
            return self._patch(self.taken[-1], len(self._data), b"")
        created = self.create(len(self._data))
        if created.status != 201:
            return created
        self.begun += 1
        return self._send(created.headers["location"], is_new=True)

    @property
    def _data(self) -> bytes:
        return b"A text is no video. " * 50

    def create(self, length: int, lecture: str = "") -> Answer:
        about = {"upload-length": str(length), "upload-metadata": upload_metadata(self._course.id, lecture or self._lecture, "file.mp4")}
        return self._ask("POST", "/v1/uploads", headers=TUS | about)

    def whole(self, lecture: str, data: bytes) -> tuple[str, Answer]:
        """A file of a caller's own, sent at once: where it lies, and what its end was answered."""
        place = self.create(len(data), lecture).headers["location"]
        return place, self._patch(place, 0, data)

    def offset(self, place: str) -> int:
        return int(self._ask("HEAD", place, headers=TUS).headers["upload-offset"])

    def ended(self) -> bool:
        """Whether each file that was begun has been looked at: none is a video."""
        items = self._ask("GET", f"/v1/courses/{self._course.id}/assets?limit=100").json["items"]
        states = collections.Counter(one["state"] for one in items if one["lectureId"] == self._lecture)
        return states["refused"] == self.begun

    def _send(self, place: str, is_new: bool) -> Answer:
        answer = self._patch(place, 0, self._data) if is_new else self._patch(place, len(self._data), b"")
        (self.taken if answer.status == 204 else self.waiting).append(place)
        return answer

    def _patch(self, place: str, at: int, data: bytes) -> Answer:
        return self._ask("PATCH", place, headers=TUS | {"upload-offset": str(at), "content-type": "application/offset+octet-stream"}, data=data)

    def _ask(self, method: str, path: str, **words) -> Answer:
        return self._client.ask(method, path, ANY, token=self._course.author.token, quiet=True, **words)
