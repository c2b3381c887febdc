"""The first half of the story: an instructor writes a course, uploads its video and publishes it."""
from account import Account
from client import StoryFailed
from course import CATEGORY, Course
from upload import KilledUpload, uploader
from waiting import until

READY_SECONDS = 240
SEARCH_SECONDS = 2


class Instructing:
    """Steps 1 to 5; what they find out stays in the story for the steps after them."""

    def instructor_registers(self):
        """An instructor registers, confirms the address from the mail, signs in"""
        self.instructor = Account(self.client, self.mail, "Ada Instructor", teaches=True)
        self.instructor.register()
        self.client.ask("POST", "/v1/sessions", 403, body={"email": self.instructor.email, "password": self.instructor.password})
        self.instructor.confirm()
        self.instructor.sign_in()
        me = self.instructor.ask("GET", "/v1/me").json
        self.check("instructor" in me["roles"] and me["state"] == "active", f"an instructor, and active: {me}")

    def course_is_written(self):
        """She creates a course with two sections and three lectures"""
        self.course = course = Course(self.instructor, self.title)
        course.create()
        first, second = course.add_section("Beginnings"), course.add_section("Further on")
        self.video = course.add_lecture(first, "video", "A rabbit wakes up")
        self.article = course.add_lecture(first, "article", "On rabbits", article="# Rabbits\n\nThey dig.")
        self.resource = course.add_lecture(second, "resource", "The film's site", url="https://peach.blender.org/")
        kinds = [[lecture["kind"] for lecture in section["lectures"]] for section in course.draft["sections"]]
        self.check(kinds == [["video", "article"], ["resource"]], f"two sections and three lectures: {kinds}")

    def course_is_edited(self):
        """She edits it with If-Match: an old revision is refused, and so is none at all"""
        course, stale = self.course, self.course.etag
        path = f"/v1/courses/{course.id}/draft"
        course.edit(subtitle="A short course about a large rabbit", description="Written by the demo.", objectives=["Know a rabbit when you see one"])
        self.instructor.ask("PATCH", path, 412, body={"subtitle": "Written over"}, headers={"if-match": stale})
        self.instructor.ask("PATCH", path, 428, body={"subtitle": "Written over"})
        course.refresh()
        self.check(course.draft["subtitle"] == "A short course about a large rabbit", "the first edit holds")
        missing = self.instructor.ask("POST", f"/v1/courses/{course.id}/publish", 422, headers={"if-match": course.etag}).json
        self.check(len(missing.get("errors", [])) >= 2, f"what is missing before publishing is listed: {missing}")

    def video_is_uploaded(self):
        """She uploads the video with tuspy, killed half way, and resumed"""
        about = (self.stack["gateway"], self.instructor.token, self.stack.clip, self.course.id, self.video)
        url, offset = KilledUpload(*about).kill_half_way()
        size = self.stack.clip.stat().st_size
        self.say(f"killed at {offset} of {size} bytes")
        resumed = uploader(*about, url=url)
        self.check(size // 2 <= resumed.offset < size, f"resumes where it stopped: {resumed.offset} of {size}")
        self.say(f"tuspy goes on at {resumed.offset}: {url}")
        resumed.upload()
        self.check(resumed.offset == size, f"all bytes are there: {resumed.offset} of {size}")
        asset = until("the asset of the upload", lambda: self.course.asset_of(self.video), 5)
        self.asset = asset["id"]

    def video_becomes_ready(self):
        """The worker probes it, makes the stream and publishes it; the lecture shows duration and size"""
        seen = []

        def ended() -> dict | None:
            asset = self.instructor.ask("GET", f"/v1/assets/{self.asset}", quiet=True).json
            if (state := (asset["state"], asset["progress"])) not in seen:
                seen.append(state)
                self.say(f"{asset['state']} {asset['progress']} %")
            return asset if asset["state"] in ("ready", "refused", "failed") else None

        asset = until(f"asset {self.asset} ready", ended, READY_SECONDS)
        if asset["state"] != "ready":
            raise StoryFailed(f"the asset is {asset['state']}: {asset.get('reason')}: {asset.get('detail')}")
        asset = self.instructor.ask("GET", f"/v1/assets/{self.asset}").json
        self.check(4000 < asset["durationMs"] < 7000 and asset["bytes"] == self.stack.clip.stat().st_size, f"duration and size: {asset}")
        heights = [rendition["height"] for rendition in asset["renditions"] if rendition.get("height")]
        self.check(len(heights) >= 2 and max(heights) <= asset["height"], f"two renditions or more, none larger than the clip: {asset['renditions']}")
        until("the lecture shows its video", self._lecture_has_video, 10)
        self.course.refresh()
        self.duration_ms = asset["durationMs"]

    def _lecture_has_video(self) -> bool:
        self.course.refresh(quiet=True)
        shown = self.course.lecture(self.video)
        return bool(shown.get("asset")) and shown["asset"]["state"] == "ready" and bool(shown["durationMs"])

    def course_is_published(self):
        """She sets the price to 0 and a category, and publishes"""
        self.course.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=[CATEGORY])
        publication = self.course.publish()
        self.check(publication["courseId"] == self.course.id and publication["number"] == 1, f"version 1 of this course: {publication}")

    def search_finds_it(self):
        """Within 2 s search finds it by its title, with price and category facets"""
        found = until(f"search finds {self.title!r}", self._found, SEARCH_SECONDS)
        self.client.ask("GET", self._search_path())
        facets = found["facets"]
        self.check(any(facet["value"] == "free" and facet["count"] >= 1 for facet in facets["prices"]), f"a price facet: {facets['prices']}")
        self.check(any(facet["value"].replace("/", "-") == CATEGORY and facet["count"] >= 1 for facet in facets["categories"]),
                   f"a category facet: {facets['categories']}")

    def _found(self) -> dict | None:
        page = self.client.ask("GET", self._search_path(), (200, 503), quiet=True).json
        return page if self.course.id in [item["id"] for item in page.get("items", [])] else None
