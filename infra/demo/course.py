"""A course as its instructor writes it: every edit says which revision it edits."""
import base64
import uuid

from account import Account
from client import Answer, StoryFailed

CATEGORY = "development-web"


class Course:
    def __init__(self, author: Account, title: str):
        self.author = author
        self.title = title
        self.id = ""
        self.draft: dict = {}
        self.etag = ""

    def create(self) -> None:
        self._took(self.author.ask("POST", "/v1/courses", 201, body={"title": self.title, "language": "en", "levels": ["beginner"]},
                                   headers={"idempotency-key": f'"{uuid.uuid4()}"'}))
        self.id = self.draft["id"]

    def refresh(self, quiet: bool = False) -> None:
        self._took(self.author.ask("GET", f"/v1/courses/{self.id}/draft", quiet=quiet))

    def edit(self, **fields) -> None:
        self._took(self._change("PATCH", "", fields, 200))

    def add_section(self, title: str) -> str:
        self._took(self._change("POST", "/sections", {"title": title}, 201))
        return self.draft["sections"][-1]["id"]

    def add_lecture(self, section: str, kind: str, title: str, **fields) -> str:
        self._took(self._change("POST", f"/sections/{section}/lectures", {"kind": kind, "title": title} | fields, 201))
        lectures = next(one["lectures"] for one in self.draft["sections"] if one["id"] == section)
        return lectures[-1]["id"]

    def publish(self) -> dict:
        """With the revision as it is now: a video that became ready has changed the draft."""
        self.refresh()
        return self.author.ask("POST", f"/v1/courses/{self.id}/publish", headers={"if-match": self.etag}).json

    def lecture(self, lecture: str) -> dict:
        """A lecture as the draft was when it was last read."""
        for one in (one for section in self.draft["sections"] for one in section["lectures"]):
            if one["id"] == lecture:
                return one
        raise StoryFailed(f"the draft has no lecture {lecture}")

    def asset_of(self, lecture: str) -> dict | None:
        """What became of the last file that was uploaded for a lecture."""
        assets = self.author.ask("GET", f"/v1/courses/{self.id}/assets", quiet=True).json["items"]
        return next((asset for asset in assets if asset["lectureId"] == lecture), None)

    def _change(self, method: str, path: str, body: dict, expect: int) -> Answer:
        return self.author.ask(method, f"/v1/courses/{self.id}/draft{path}", expect, body=body, headers={"if-match": self.etag})

    def _took(self, answer: Answer) -> None:
        self.draft, self.etag = answer.json, answer.etag


def upload_metadata(course: str, lecture: str, filename: str) -> str:
    """The Upload-Metadata of tus: keys with values in base64."""
    about = {"filename": filename, "filetype": "video/mp4", "courseId": course, "lectureId": lecture}
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in about.items())
