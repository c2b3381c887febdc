"""The comparisons: what is asked of whom."""
import random

import requests

from . import data
from .comparison import PRODUCT, Comparison, Contender
from .nginx import Nginx
from .peers import CATEGORIES, PEERS, Peers
from .product import Product
from .wrk import Ask, Load


class Rows:
    """`peers` is nil where there are none."""

    def __init__(self, product: Product, known: data.Data, peers: Peers | None, nginx: list[Nginx]):
        self.product = product
        self.data = known
        self.peers = peers
        self.nginx = nginx
        self.chance = random.Random(7)

    def all(self) -> dict[str, Comparison]:
        return {"cached": self._cached(), "list": self._list_of_20()}

    def _cached(self) -> Comparison:
        path = f"/v1/courses/{data.course_id(1)}"
        own = self._own("courses", lambda _: [Ask(path)])
        quiet, logging = (Contender(name, lambda _, server=server: Load(server.base, [Ask("/course.json")]), [server.server])
                          for name, server in zip(("nginx", "nginx with an access log"), self.nginx))
        return Comparison("Course page from cache", [own, quiet, logging])

    def _list_of_20(self) -> Comparison:
        asks = [Ask("/v1/me/courses", token=number) for number in self._shuffled(data.STUDENTS)]
        paths = [f"/courses?category={category}&page={page}" for category in range(1, CATEGORIES + 1) for page in range(1, 11)]
        peers = [Ask(path) for path in self.chance.sample(paths, len(paths))]
        return Comparison("List of 20 from PostgreSQL", [self._own("enrollments", lambda _: asks, self.product.postgres), *self._peers(lambda _: peers)])

    def _own(self, service: str, asks, *stores) -> Contender:
        return Contender(PRODUCT, lambda number: Load(self.product.url(service), asks(number), self.data.tokens), [self.product.server(service), *stores])

    def _peers(self, asks) -> list[Contender]:
        peers = self.peers
        if peers is None:
            return []
        return [Contender(name, lambda number, name=name: peers.load(name, asks(number)), peers.servers(name)) for name in PEERS]

    def _shuffled(self, count: int) -> list[int]:
        return self.chance.sample(range(1, count + 1), count)


def page(product: Product) -> bytes:
    """The bytes of the course page, for nginx to send as well."""
    answer = requests.get(f"{product.url('courses')}/v1/courses/{data.course_id(1)}", timeout=10)
    answer.raise_for_status()
    return answer.content
