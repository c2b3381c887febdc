"""Who asks at random, each about things that are there: a student who is enrolled, an instructor with a draft of their own, an admin, and nobody.

For each, the contract's examples come true: they name these things, so that each operation does for somebody what it is for.
"""
from account import Account
from asking import Person
from client import Client
from course import CATEGORY, Course, upload_metadata
from maildir import Maildir, token_in
from stack import Stack
from waiting import until
from world import TUS

NAMES = ["anonymous", "student", "instructor", "admin"]


class People:
    """With accounts of their own, so that what is changed at random is nothing that another test looks at. The demo's course is read alone."""

    def __init__(self, stack: Stack):
        self.stack, self.client, self.mail = stack, Client(stack["gateway"]), Maildir(stack["mailbox"])
        self.student = Account(self.client, self.mail, "Stefan Random").open()
        self.author = Account(self.client, self.mail, "Ines Random", teaches=True).open()
        self.demo = self._demo()
        self.draft, self.metadata = self._drafts()

    def _demo(self) -> dict[str, str]:
        """The demo's course, which the student is enrolled in; its article is open to all."""
        course, video = self.stack["demo"]["courseId"], self.stack["demo"]["lectureId"]
        self.student.ask("POST", "/v1/enrollments", 201, body={"courseId": course})
        page = self.client.ask("GET", f"/v1/courses/{course}").json
        article = next(one["id"] for section in page["sections"] for one in section["lectures"] if one["isPreview"])
        return {"courseId": course, "lectureId": article, "video": video}

    def _drafts(self) -> tuple[dict[str, str], str]:
        """Of a course that lacks nothing, and of one beside it whose video is on its way."""
        whole, parts = (Course(self.author, f"A course that is changed at random, {part}") for part in ("whole", "in parts"))
        for one in (whole, parts):
            one.create()
        section = whole.add_section("One")
        lecture = whole.add_lecture(section, "article", "Words", article="Words.")
        whole.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=[CATEGORY])
        video = parts.add_lecture(parts.add_section("One"), "video", "Not here yet")
        metadata = upload_metadata(parts.id, video, "clip.mp4")
        # Of two uploads, since the asset of one that is given up is gone with it.
        self._upload(metadata)
        asset = until("the asset of an open upload", lambda: parts.asset_of(video), 5)["id"]
        return {"courseId": whole.id, "sectionId": section, "lectureId": lecture, "uploadId": self._upload(metadata), "assetId": asset}, metadata

    def _upload(self, metadata: str) -> str:
        """The id of an upload that waits for its bytes."""
        headers = TUS | {"upload-length": "1000", "upload-metadata": metadata}
        return self.author.ask("POST", "/v1/uploads", 201, headers=headers).headers["location"].rsplit("/", 1)[1]

    def person(self, name: str) -> Person:
        own, others = (self.draft, self.demo) if name == "instructor" else (self.demo, self.draft)
        names = ("courseId", "sectionId", "lectureId", "uploadId", "assetId")
        ids = {one: [things[one] for things in (own, others) if one in things] for one in names}
        ids["lectureId"].append(self.demo["video"])
        return Person(name, self._token(name), ids, self._examples(name))

    def _examples(self, name: str) -> dict[str, dict]:
        """By operation: the values of parameters and fields of the body that its examples should have. `*` is for all operations."""
        video = {"lectureId": self.demo["video"]}
        examples = {"*": {"If-Match": "*", "Upload-Metadata": self.metadata, "Upload-Length": 1000}, "play": video, "reportProgress": video,
                    "enrol": {"courseId": self.demo["courseId"]}}
        account = {"student": self.student, "instructor": self.author}.get(name)
        if account:
            account.sign_in()
            examples |= {"signIn": {"email": account.email, "password": account.password}, "refreshSession": {"refreshToken": account.refresh_token}}
        if name == "student":
            newcomer = Account(self.client, self.mail, "Nora Random")
            newcomer.register()
            examples["verifyEmail"] = {"token": token_in(self.mail.wait(newcomer.email, "token="))}
        return examples

    def _token(self, name: str) -> str | None:
        """One that is good for ten minutes from now. Signing in is limited, so each does it once."""
        if name == "anonymous":
            return None
        if name == "admin":
            login = self.stack["logins"]["admin"]
            body = {"email": login["email"], "password": login["password"]}
            return self.client.ask("POST", "/v1/sessions", 201, body=body).json["accessToken"]
        account = {"student": self.student, "instructor": self.author}[name]
        account.sign_in()
        return account.token
