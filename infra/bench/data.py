"""What the product serves in a benchmark: one course and one account made through its API, then multiplied in its stores."""
import pathlib
import time
import uuid

import jwt
import requests

from .product import Product

COURSES = 8000
STUDENTS = 1000
SIGNERS = 400
"""Accounts that sign in."""
ENROLLED = 25
"""Courses of each student."""
PASSWORD = "correct horse battery"
SECTIONS, LECTURES = 8, 8
TOKEN_SECONDS = 7200


def course_id(number: int) -> str:
    return str(uuid.UUID(int=(0x01900000_0000_7000_8000 << 48) + number))


def version_id(number: int) -> str:
    return str(uuid.UUID(int=(0x01900000_0000_7000_A000 << 48) + number))


def student_id(number: int) -> str:
    return str(uuid.UUID(int=(0x01900000_0000_7000_9000 << 48) + number))


def email(number: int) -> str:
    return f"student{number}@example.org"


class Data:
    def __init__(self, product: Product):
        self.product = product
        self.hash = ""
        """The hash of PASSWORD, as the users service keeps it."""
        self.tokens = product.layout.dir / "tokens.txt"
        """A token a line: the students in order."""

    def load(self) -> None:
        """Everything, in an empty stack."""
        self._people()
        self._courses()
        self._learning()
        self.tokens.write_text("".join(self._token(student_id(number), ["student"]) + "\n" for number in range(1, STUDENTS + 1)))

    def _people(self) -> None:
        self._ask("POST", "users", "/v1/users", {"email": email(0), "password": PASSWORD, "displayName": "Ada Lovelace"})
        self.product.sql("users", f"""
            update users set state = 'active', verified_at = now();
            insert into roles select id, 'instructor', now() from users;
            insert into users (id, email, email_sent, verified_at, display_name, locale, state, created_at)
                select ('01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid, address, address,
                    now(), 'Student ' || n, 'en', 'active', now() from generate_series(1, {STUDENTS}) n, concat('student', n, '@example.org') address;
            insert into credentials select u.id, 'password', gen_random_uuid(), c.secret, now()
                from users u cross join credentials c where u.email <> '{email(0)}';
            insert into roles select id, 'student', now() from users on conflict do nothing;
            analyze;""")
        self.hash = self.product.sql("users", "select secret from credentials limit 1").strip()

    def _courses(self) -> None:
        author = self.product.sql("users", f"select id from users where email = '{email(0)}'").strip()
        token = self._token(author, ["instructor"])
        self.original = self._write_course(token)
        with self.product.courses() as client:
            database = client.get_default_database()
            course = database["courses"].find_one({"_id": uuid.UUID(self.original)})
            version = database["versions"].find_one({"courseId": uuid.UUID(self.original)})
            slug = course["slug"]
            for first in range(1, COURSES + 1, 1000):
                courses, versions = [], []
                for number in range(first, min(first + 1000, COURSES + 1)):
                    live = course["live"] | {"versionId": uuid.UUID(version_id(number))}
                    courses.append(course | {"_id": uuid.UUID(course_id(number)), "slug": f"{slug}-{number}", "live": live})
                    versions.append(version | {"_id": live["versionId"], "courseId": uuid.UUID(course_id(number))})
                database["courses"].insert_many(courses, ordered=False)
                database["versions"].insert_many(versions, ordered=False)

    def _write_course(self, token: str) -> str:
        """A free course of 64 lectures, through the API, as an instructor does it."""
        made = self._ask("POST", "courses", "/v1/courses", {
            "title": "Complete Course: From Zero to Production", "subtitle": "A practical, project-driven path through the subject",
            "description": "You will build real projects, read real code and ship them with confidence. " * 4, "language": "en",
            "price": {"amount": 0, "currency": "USD"}, "categoryIds": ["development"]}, token)
        draft, tag = made.headers["location"], made.headers["etag"]
        for section in range(1, SECTIONS + 1):
            made = self._ask("POST", "courses", f"{draft}/sections", {"title": f"Section {section}: building blocks"}, token, tag)
            place, tag = made.headers["location"], made.headers["etag"]
            for lecture in range(1, LECTURES + 1):
                title = f"Lecture {section}.{lecture}: walkthrough"
                body = {"title": title, "kind": "article", "article": "Read on.", "isPreview": lecture == 1}
                tag = self._ask("POST", "courses", f"{place}/lectures", body, token, tag).headers["etag"]
        course = draft.split("/")[3]
        self._ask("POST", "courses", f"/v1/courses/{course}/publish", None, token, tag)
        return course

    def _learning(self) -> None:
        self._await_course()
        lectures = f"course_lectures where course_id = '{self.original}'"
        self.product.sql("enrollments", f"""
            create temporary table made as select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid as course,
                ('01900000-0000-7000-a000-' || lpad(to_hex(n), 12, '0'))::uuid as version, n from generate_series(1, {COURSES}) n;
            insert into course_facts select course, revision, version, title || ' ' || n, state, price_amount, price_currency, instructor_ids
                from made cross join course_facts f where f.course_id = '{self.original}';
            insert into course_lectures select course, version, lecture_id, position, kind, duration_seconds, is_preview
                from made cross join (select * from {lectures}) l;
            insert into enrollments (user_id, course_id, version_id, enrolled_at)
                select ('01900000-0000-7000-9000-' || lpad(to_hex(s), 12, '0'))::uuid, course, version, now() - n * interval '1 minute'
                from generate_series(1, {STUDENTS}) s join made on n between 1 and {ENROLLED};
            insert into grants (user_id, course_id, id, kind, source_kind, source_id, valid_from)
                select user_id, course_id, gen_random_uuid(), 'free', 'free', course_id::text, enrolled_at from enrollments;
            analyze;""")

    def _await_course(self) -> None:
        """Until the event of its publication has come."""
        deadline = time.monotonic() + 30
        while not self.product.sql("enrollments", f"select 1 from course_facts where course_id = '{self.original}'").strip():
            if time.monotonic() > deadline:
                raise SystemExit("enrollments heard nothing of the course in 30 s")
            time.sleep(0.1)

    def _token(self, user: str, roles: list[str]) -> str:
        """Signed as the users service does, but for the whole of a run."""
        text = pathlib.Path(self.product.layout.keys / "users-signing.jwk").read_text()
        key, now = jwt.PyJWK.from_json(text), int(time.time())
        claims = {"iss": "lyceum", "aud": "lyceum-api", "sub": user, "iat": now, "nbf": now, "exp": now + TOKEN_SECONDS, "jti": str(uuid.uuid4()),
                  "sid": str(uuid.uuid4()), "roles": roles}
        return jwt.encode(claims, key.key, algorithm="ES256", headers={"typ": "at+jwt", "kid": key.key_id})

    def _ask(self, method: str, service: str, path: str, body: dict | None, token: str | None = None,
             tag: str | None = None) -> requests.Response:
        headers = ({"authorization": f"Bearer {token}"} if token else {}) | ({"if-match": tag} if tag else {})
        if method == "POST":
            headers["idempotency-key"] = f'"{uuid.uuid4()}"'
        answer = requests.request(method, self.product.url(service) + path, json=body, headers=headers, timeout=30)
        if not answer.ok:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text[:500]}")
        return answer
