"""Who asks at random, each about things that are there: a student who is enrolled, an instructor with a draft of their own, an admin, and nobody."""
from account import Account
from asking import Person
from course import CATEGORY, Course
from world import World

NAMES = ["anonymous", "student", "instructor", "admin"]


class People:
    """Made for one run, so that what is changed at random is nothing that another test looks at."""

    def __init__(self, world: World):
        self.world = world
        self.author = world.stranger
        ids = {name: [value] for name, value in world.ids.items()} | {"assetId": [world.asset]}
        mine = self._draft()
        self.ids = {name: mine.get(name, []) + values for name, values in ids.items()}

    def _draft(self) -> dict[str, list[str]]:
        """A course that is ready to be published, of the instructor who asks."""
        course = Course(self.author, "A course that is changed at random")
        course.create()
        section = course.add_section("One")
        lecture = course.add_lecture(section, "article", "Words", article="Words.")
        course.edit(price={"amount": 0, "currency": "EUR"}, categoryIds=[CATEGORY])
        return {"courseId": [course.id], "sectionId": [section], "lectureId": [lecture]}

    def person(self, name: str) -> Person:
        return Person(name, self._token(name), self.ids)

    def _token(self, name: str) -> str | None:
        """One that is good for ten minutes from now. Signing in is limited, so each signs in once."""
        if name == "anonymous":
            return None
        if name == "admin":
            login = self.world.stack["logins"]["admin"]
            body = {"email": login["email"], "password": login["password"]}
            return self.world.client.ask("POST", "/v1/sessions", 201, body=body).json["accessToken"]
        account: Account = {"student": self.world.student, "instructor": self.author}[name]
        account.sign_in()
        return account.token
