"""Who asks at random, each about things that are there: a student who is enrolled, an instructor with a draft of their own, an admin, and nobody."""
from asking import Person
from course import CATEGORY, Course, upload_metadata
from waiting import until
from world import TUS, World

NAMES = ["anonymous", "student", "instructor", "admin"]


class People:
    """The world is made for one run, so that what is changed at random is nothing that another test looks at."""

    def __init__(self, world: World):
        self.world = world
        # The student's course stays as it is: what is changed is another's.
        self.author = world.stranger
        self.published = world.ids | {"assetId": world.asset}
        self.draft = self._draft()

    def _draft(self) -> dict[str, str]:
        """A course that lacks nothing, and beside it one whose video is on its way."""
        course, other = (Course(self.author, f"A course that is changed at random, {part}") for part in ("whole", "in parts"))
        for one in (course, other):
            one.create()
        section = course.add_section("One")
        lecture = course.add_lecture(section, "article", "Words", article="Words.")
        course.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=[CATEGORY])
        video = other.add_lecture(other.add_section("One"), "video", "Not here yet")
        headers = TUS | {"upload-length": "1000", "upload-metadata": upload_metadata(other.id, video, "clip.mp4")}
        upload = self.author.ask("POST", "/v1/uploads", 201, headers=headers).headers["location"].rsplit("/", 1)[1]
        asset = until("the asset of an open upload", lambda: other.asset_of(video), 5)["id"]
        return {"courseId": course.id, "sectionId": section, "lectureId": lecture, "uploadId": upload, "assetId": asset}

    def person(self, name: str) -> Person:
        own, others = (self.draft, self.published) if name == "instructor" else (self.published, self.draft)
        return Person(name, self._token(name), {key: [own[key], others[key]] for key in own})

    def _token(self, name: str) -> str | None:
        """One that is good for ten minutes from now. Signing in is limited, so each does it once."""
        if name == "anonymous":
            return None
        if name == "admin":
            login = self.world.stack["logins"]["admin"]
            body = {"email": login["email"], "password": login["password"]}
            return self.world.client.ask("POST", "/v1/sessions", 201, body=body).json["accessToken"]
        account = {"student": self.world.student, "instructor": self.author}[name]
        account.sign_in()
        return account.token
