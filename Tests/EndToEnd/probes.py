"""A request for each thing that the platform does, and what it is answered with on a good day."""
import dataclasses
import secrets
from collections.abc import Callable

from account import Account
from client import Answer, Client
from waiting import until

RECOVERY_SECONDS = 60


@dataclasses.dataclass(frozen=True)
class Probe:
    """A request that is answered with `status` on a good day."""

    name: str
    ask: Callable[[], Answer]
    status: int = 200


def probes_of(story) -> dict[str, Probe]:
    """With the people and things of a story that was told to its end."""
    student, author, course, anyone = story.student, story.instructor, story.course, story.client
    student.sign_in()
    author.sign_in()
    known = {"email": student.email, "password": student.password}
    watched = {"intervals": [[0, 1]]}
    cases = [
        ("keys", lambda: ask(anyone, None, "GET", "/.well-known/jwks.json"), 200),
        ("sign in", lambda: ask(anyone, None, "POST", "/v1/sessions", body=known), 201),
        ("me", lambda: ask(anyone, student, "GET", "/v1/me"), 200),
        ("catalogue", lambda: ask(anyone, None, "GET", "/v1/courses?limit=3"), 200),
        ("course page", lambda: ask(anyone, None, "GET", f"/v1/courses/{course.id}"), 200),
        ("draft", lambda: ask(anyone, author, "GET", f"/v1/courses/{course.id}/draft"), 200),
        ("search", lambda: ask(anyone, None, "GET", "/v1/search?q=rabbits"), 200),
        ("my courses", lambda: ask(anyone, student, "GET", "/v1/me/courses"), 200),
        ("enrol", lambda: ask(anyone, student, "POST", "/v1/enrollments", body={"courseId": course.id}), 200),
        ("progress", lambda: ask(anyone, student, "PUT", f"/v1/me/courses/{course.id}/lectures/{story.video}/progress", body=watched), 200),
        ("asset", lambda: ask(anyone, author, "GET", f"/v1/assets/{story.asset}"), 200),
        ("playback", lambda: ask(anyone, student, "POST", f"/v1/lectures/{story.video}/playback"), 200),
        ("segment", lambda: ask(story.edge, None, "GET", story.segment), 200),
        ("register", lambda: ask(anyone, None, "POST", "/v1/users", body=somebody()), 202),
    ]
    return {name: Probe(name, call, status) for name, call, status in cases}


def ask(client: Client, account: Account | None, method: str, path: str, **rest) -> Answer:
    """Whatever the status of the answer is."""
    return client.ask(method, path, tuple(range(200, 600)), token=account.token if account else None, quiet=True, **rest)


def somebody() -> dict:
    return {"email": f"bad.day.{secrets.token_hex(5)}@example.org", "password": "seven quiet rabbits", "displayName": "Bad Day"}


def all_fine(probes: dict[str, Probe], when: str) -> None:
    """Waits until each answers as on a good day; one after the other, so that the one that does not is named."""
    for probe in probes.values():
        until(f"{probe.name} answers {probe.status} {when}", lambda one=probe: one.ask().status == one.status, RECOVERY_SECONDS)
