"""The comparisons: what is asked of whom."""
import pathlib
import random
from collections.abc import Callable

import requests

from . import data, storm, tools
from .comparison import PRODUCT, Comparison, Contender
from .nginx import Nginx
from .peers import CATEGORIES, COURSES, PEERS, USERS, Peers
from .product import Product
from .usage import Server
from .wrk import Ask, Load

NAMES = ("cached", "mongo", "list", "page", "small", "enrol", "sign-in", "storm", "pipeline", "json")
FOLDER = pathlib.Path(__file__).parent
PAGES = 3000
"""Course pages that a round asks for once each, so that none of them is in a cache."""
ENROLLED_A_ROUND = 14
"""New courses a student and round: more than are enrolled in during one."""


class Rows:
    """`peers` is None where there are none."""

    def __init__(self, product: Product, known: data.Data, peers: Peers | None, nginx: list[Nginx]):
        self.product = product
        self.data = known
        self.peers = peers
        self.nginx = nginx
        self.scratch = product.layout.dir
        self.chance = random.Random(7)

    def all(self) -> dict[str, Callable[[], Comparison]]:
        return dict(zip(NAMES, (self._cached, self._mongo, self._list_of_20, self._page, self._small, self._enrol, self._sign_in, self._storm,
                                self._pipeline, self._json), strict=True))

    def _cached(self) -> Comparison:
        path = f"/v1/courses/{data.course_id(1)}"
        doors = [Contender.asked(name, self.scratch, [server.server], lambda _, server=server: Load(server.base, [Ask("/course.json")]))
                 for name, server in zip(("nginx", "nginx with an access log"), self.nginx)]
        return Comparison("Course page from cache", [self._own("courses", lambda _: [Ask(path)]), *doors])

    def _mongo(self) -> Comparison:
        """Each round asks for other courses, so that neither the process nor Redis has them."""
        def asks(number: int) -> list[Ask]:
            first = number * PAGES % (data.COURSES - PAGES)
            return [Ask(f"/v1/courses/{data.course_id(first + offset)}") for offset in range(1, PAGES + 1)]
        return Comparison("Course page from MongoDB, in no cache", [
            self._own("courses", asks, self.product.mongo, self.product.redis, before=self.product.forget_pages)])

    def _list_of_20(self) -> Comparison:
        own = [Ask("/v1/me/courses", token=number) for number in self._shuffled(data.STUDENTS)]
        paths = [f"/courses?category={category}&page={page}" for category in range(1, CATEGORIES + 1) for page in range(1, 11)]
        peers = [Ask(path) for path in self.chance.sample(paths, len(paths))]
        return Comparison("List of 20 from PostgreSQL", [
            self._own("enrollments", lambda _: own, self.product.postgres), *self._peers(lambda _: peers)])

    def _page(self) -> Comparison:
        own = [Ask(f"/v1/me/courses/{data.course_id(1 + number % data.ENROLLED)}", token=number) for number in self._shuffled(data.STUDENTS)]
        peers = [Ask(f"/courses/{number}") for number in self.chance.sample(range(1, COURSES + 1), 5000)]
        return Comparison("A course with its 64 lectures from PostgreSQL (own: with what was studied)", [
            self._own("enrollments", lambda _: own, self.product.postgres), *self._peers(lambda _: peers)])

    def _small(self) -> Comparison:
        students = self._shuffled(data.STUDENTS)
        access = [Ask(f"/v1/me/courses/{data.course_id(1 + number % data.ENROLLED)}/access", token=number) for number in students]
        account = [Ask("/v1/me", token=number) for number in students]
        return Comparison("Small answers from PostgreSQL", [
            self._own("enrollments", lambda _: access, self.product.postgres, name="access to a course"),
            self._own("users", lambda _: account, self.product.postgres, name="own account")])

    def _enrol(self) -> Comparison:
        def own(number: int) -> list[Ask]:
            first = data.ENROLLED + 1 + number * ENROLLED_A_ROUND
            pairs = [(student, course) for course in range(first, first + ENROLLED_A_ROUND) for student in self._shuffled(data.STUDENTS)]
            return [Ask("/v1/enrollments", "POST", student, f'{{"courseId":"{data.course_id(course)}"}}', f"{number}-{student}-{course}")
                    for student, course in pairs]

        def peers(number: int) -> list[Ask]:
            first = 1 + number * ENROLLED_A_ROUND
            pairs = [(user, course) for course in range(first, first + ENROLLED_A_ROUND) for user in self._shuffled(USERS)]
            return [Ask("/enrollments", "POST", user, f'{{"course_id":{course}}}', f"{number}-{user}-{course}") for user, course in pairs]
        url = self.product.stores["postgres"].url.rpartition("/")[0] + "/lyceum_enrollments"
        alone = tools.pgbench("pgbench, the inserts alone", url, FOLDER / "enrol.sql", [self.product.postgres])
        return Comparison("Enrol: durable, with its event", [
            self._own("enrollments", own, self.product.postgres), *self._peers(peers), alone])

    def _sign_in(self) -> Comparison:
        own = self._own("users", lambda _: storm.sign_ins(), self.product.postgres)
        return Comparison("Sign in", [own, tools.part(self.product.layout.binaries, "argon2id alone", ["hash", "{seconds}"])])

    def _storm(self) -> Comparison:
        """A load that does not fill the machine: what is measured is how long it waits."""
        asks = [Ask("/v1/me", token=number) for number in self._shuffled(data.STUDENTS)]
        load = Load(self.product.url("users"), asks, self.data.tokens, pause=50)
        servers = [self.product.server("users")]
        quiet, disturbed = (Contender.asked(name, self.scratch, servers, lambda _: load) for name in ("quiet", "sign-in storm"))
        others = storm.Storm(Load(self.product.url("users"), storm.sign_ins()), self.scratch)
        return Comparison("Own account, 16 clients that ask 20 times a second, while others sign in", [quiet, others.beside(disturbed)])

    def _pipeline(self) -> Comparison:
        url = self.product.services.own_secrets("users")["LYCEUM_USERS_POSTGRES_URL"]
        return Comparison("Three statements of a request", [
            tools.part(self.product.layout.binaries, name, [f"postgres-{name}", "{seconds}", url], [self.product.postgres])
            for name in ("pipelined", "sequential")])

    def _json(self) -> Comparison:
        return Comparison("JSON of a course of 8.5 KB", [
            tools.part(self.product.layout.binaries, name, [words, "{seconds}"])
            for name, words in (("JSONWriter", "json-writer"), ("Foundation's JSONEncoder", "json-encoder"))])

    def _own(self, service: str, asks: Callable[[int], list[Ask]], *stores: Server, name: str = PRODUCT,
             before: Callable[[], None] = lambda: None) -> Contender:
        servers = [self.product.server(service), *stores]
        return Contender.asked(name, self.scratch, servers, lambda number: Load(self.product.url(service), asks(number), self.data.tokens), before)

    def _peers(self, asks: Callable[[int], list[Ask]]) -> list[Contender]:
        peers = self.peers
        if peers is None:
            return []
        return [Contender.asked(name, self.scratch, peers.servers(name), lambda number, name=name: peers.load(name, asks(number)))
                for name in PEERS]

    def _shuffled(self, count: int) -> list[int]:
        return self.chance.sample(range(1, count + 1), count)


def page(product: Product) -> bytes:
    """The bytes of the course page, for nginx to send as well."""
    answer = requests.get(f"{product.url('courses')}/v1/courses/{data.course_id(1)}", timeout=10)
    answer.raise_for_status()
    return answer.content
