"""The second half of the story: a student finds the course, enrols, plays the video and makes progress."""
import secrets

import logs
from account import Account
from playback import Playback
from waiting import until

TRACE_SECONDS = 15
TOUCHED_BY_AN_ENROLMENT = ["gateway", "enrollments", "courses", "notifications", "users", "search"]
"""Asked; granted; counted; mailed, to the address that users knows; found with one student more."""


class Studying:
    """Steps 6 to 8."""

    def student_registers(self):
        """A student registers, confirms, signs in"""
        self.student = Account(self.client, self.mail, "Sam Student").open()

    def student_looks_around(self):
        """He searches, opens the course page, and may not play: 403"""
        found = self.client.ask("GET", self._search_path() + "&price=free").json
        self.check(self.course.id in [item["id"] for item in found["items"]], f"the course is among what is free: {found['items']}")
        page = self.client.ask("GET", f"/v1/courses/{self.course.id}").json
        self.check(page["title"] == self.title and page["lectureCount"] == 3 and page["price"]["amount"] == 0, f"the page of the course: {page}")
        self.client.ask("POST", f"/v1/lectures/{self.video}/playback", 401)
        self.student.ask("POST", f"/v1/lectures/{self.video}/playback", 403)
        self.student.ask("GET", f"/v1/courses/{self.course.id}/lectures/{self.article}", 403)

    def student_enrols(self):
        """He enrols: 201, and again: 200. The welcome mail arrives"""
        self.trace = secrets.token_hex(16)
        traceparent = {"traceparent": f"00-{self.trace}-{secrets.token_hex(8)}-01"}
        body = {"courseId": self.course.id}
        enrolled = self.student.ask("POST", "/v1/enrollments", 201, body=body, headers=traceparent).json
        again = self.student.ask("POST", "/v1/enrollments", 200, body=body).json
        self.check(enrolled["enrolledAt"] == again["enrolledAt"], f"the second time changes nothing: {again}")
        mail = self.mail.wait(self.student.email, self.title)
        self.say(mail.splitlines()[0])
        access = self.student.ask("GET", f"/v1/me/courses/{self.course.id}/access").json
        self.check(access["granted"] and [grant["kind"] for grant in access["grants"]] == ["free"], f"one grant, free: {access}")

    def student_plays(self):
        """He asks for playback and pulls playlists and a segment from the CDN's edge; a range is 206"""
        self.playback = Playback(self.student.ask("POST", f"/v1/lectures/{self.video}/playback").json, self.edge)
        self.segment = self.playback.follow()
        whole = self.edge.ask("GET", self.segment).body
        part = self.edge.ask("GET", self.segment, 206, headers={"range": "bytes=10-99"})
        self.check(part.body == whole[10:100] and part.headers["content-range"] == f"bytes 10-99/{len(whole)}", f"the range: {part.headers}")
        poster = self.edge.ask("GET", self.playback.poster).body
        self.check(poster[:2] == b"\xff\xd8" or poster[8:12] == b"WEBP" or poster[:4] == b"\x89PNG", "the poster is a picture")
        article = self.student.ask("GET", f"/v1/courses/{self.course.id}/lectures/{self.article}").json
        self.check(article["article"] == "# Rabbits\n\nThey dig.", f"the article: {article}")

    def other_paths_are_refused(self):
        """An altered or expired path, or another under its token, is 403"""
        for name, url in self.playback.refused_paths(self.segment).items():
            self.say(name)
            self.edge.ask("GET", url, 403)

    def progress_is_reported(self):
        """The player reports what was watched, out of order and twice: the percentage is right each time"""
        report = f"/v1/me/courses/{self.course.id}/lectures/{self.video}/progress"
        length = self.student.ask("PUT", report, body={"positionSeconds": 0}).json["durationSeconds"]
        self.check(abs(length - self.duration_ms / 1000) < 1, f"{self.duration_ms} ms in seconds: {length}")
        half = length // 2
        later = {"intervals": [[half, length]], "positionSeconds": length}
        first = self.student.ask("PUT", report, body=later).json
        self._progress_is(first, (length - half) * 100 // length)
        again = self.student.ask("PUT", report, body=later).json
        self.check(again == first, f"the same report changes nothing: {first} {again}")
        whole = self.student.ask("PUT", report, body={"intervals": [[0, half]], "positionSeconds": half}).json
        self._progress_is(whole, 100)
        late = self.student.ask("PUT", report, body={"intervals": [[half - 1, half + 1], [0, 1]]}).json
        self.check((late["percent"], late["coursePercent"]) == (100, whole["coursePercent"]), f"a late report changes nothing: {late}")

    def _progress_is(self, result: dict, percent: int) -> None:
        """One lecture of three is a third of the course; a video that was begun counts in part."""
        self.check(result["percent"] == percent and result["completed"] == (percent == 100), f"{percent} % of the video: {result}")
        self.check(result["coursePercent"] == percent // 3, f"{percent // 3} % of the course: {result}")

    def course_is_completed(self):
        """The other lectures are read: 66 %, then 100 % of the course"""
        path = f"/v1/me/courses/{self.course.id}"
        for lecture, percent in ((self.resource, 66), (self.article, 100)):
            result = self.student.ask("PUT", f"{path}/lectures/{lecture}/progress", body={"completed": True}).json
            self.check(result["coursePercent"] == percent, f"{percent} % of the course: {result}")
        mine = self.student.ask("GET", path).json
        self.check((mine["percent"], mine["state"], len(mine["lectures"])) == (100, "completed", 3), f"the course is completed: {mine}")

    def one_trace_runs_through(self):
        """The traceparent sent with the enrolment is in the log of every service that it touched"""
        for process in TOUCHED_BY_AN_ENROLMENT:
            until(f"trace {self.trace} in the log of {process}", lambda name=process: logs.has(self.stack.logs, name, self.trace), TRACE_SECONDS)
            self.say(f"{process}: {len(logs.lines_with(self.stack.logs, process, self.trace))} lines")

    def segment_from_the_edge(self):
        """A segment, pulled through the CDN's edge once more"""
        answer = self.edge.ask("GET", self.segment)
        self.say(f"{len(answer.body)} bytes, {answer.headers.get('x-cache', 'no cache')}")
