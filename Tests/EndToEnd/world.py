"""Things of three people to ask bad questions about: an instructor's course, a student's enrollment, and a stranger who owns nothing."""
import uuid

from account import Account
from client import Client
from course import CATEGORY, Course, upload_metadata
from maildir import Maildir
from stack import Stack
from waiting import until

TUS = {"tus-resumable": "1.0.0"}


class World:
    def __init__(self, stack: Stack):
        self.stack = stack
        self.client = Client(stack["gateway"])
        mail = Maildir(stack["mailbox"])
        self.instructor = Account(self.client, mail, "Ines Owner", teaches=True).open()
        self.student = Account(self.client, mail, "Stefan Student").open()
        self.stranger = Account(self.client, mail, "Otto Other", teaches=True).open()
        self.course = self._published_course()
        self.video = self.course.add_lecture(self.section, "video", "Not here yet")
        self.upload = self.open_upload()
        self.ids = {"courseId": self.course.id, "sectionId": self.section, "lectureId": self.article, "uploadId": self.upload}

    def _published_course(self) -> Course:
        course = Course(self.instructor, "A course that is asked bad questions")
        course.create()
        self.section = course.add_section("One")
        self.article = course.add_lecture(self.section, "article", "Words", article="Words.")
        course.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=[CATEGORY])
        course.publish()
        course.refresh()
        until("enrollments knows the course", lambda: self._enrols(course), 60)
        return course

    def _enrols(self, course: Course) -> bool:
        return self.student.ask("POST", "/v1/enrollments", (200, 201, 404), body={"courseId": course.id}).status != 404

    def open_upload(self) -> str:
        headers = TUS | {"upload-length": "1000", "upload-metadata": upload_metadata(self.course.id, self.video, "clip.mp4")}
        return self.instructor.ask("POST", "/v1/uploads", 201, headers=headers).headers["location"].rsplit("/", 1)[1]

    @property
    def asset(self) -> str:
        """The asset of the upload that is still open."""
        if "assetId" not in self.ids:
            self.ids["assetId"] = until("the asset of an open upload", lambda: self.course.asset_of(self.video), 5)["id"]
        return self.ids["assetId"]

    def path(self, template: str, **other: str) -> str:
        """A path of the contract with this world's ids in it, or others."""
        if "{assetId}" in template and "assetId" not in other:
            other["assetId"] = self.asset
        return template.format(**(self.ids | other))

    def owner(self, service: str) -> Account:
        """Who may use a service's routes on the things of this world."""
        return self.instructor if service in ("courses", "media") else self.student

    def etag(self, operation_id: str) -> str:
        """Of the thing that an operation edits, as it is now."""
        if operation_id == "editMe":
            return self.student.ask("GET", "/v1/me").etag
        self.course.refresh()
        return self.course.etag

    def headers(self, operation, other: dict[str, str] | None = None) -> dict[str, str]:
        """The header fields that an operation requires, with good values, or others."""
        values = {"If-Match": lambda: self.etag(operation.id), "Tus-Resumable": lambda: "1.0.0", "Upload-Length": lambda: "10",
                  "Upload-Offset": lambda: "0", "Upload-Metadata": lambda: upload_metadata(self.course.id, self.video, "a.mp4"),
                  "Idempotency-Key": lambda: f'"{uuid.uuid4()}"'}
        other = other or {}
        required = [one["name"] for one in operation.parameters if one["in"] == "header" and one.get("required")]
        return {name: other[name] if name in other else values[name]() for name in required}
