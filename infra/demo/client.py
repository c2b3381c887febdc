"""Requests to the gateway and the edge, each remembered with its answer and its time."""
import dataclasses
import json
import time
import urllib.parse
from collections.abc import Callable

import requests


class StoryFailed(Exception):
    """Something did not hold; the text says what was asked, what was expected and what came."""


@dataclasses.dataclass(frozen=True)
class Answer:
    status: int
    headers: requests.structures.CaseInsensitiveDict
    body: bytes
    seconds: float

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def etag(self) -> str:
        if "etag" not in self.headers:
            raise StoryFailed("the answer has no ETag")
        return self.headers["etag"]


@dataclasses.dataclass(frozen=True)
class Exchange:
    """A request and what came back."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None
    answer: Answer

    @property
    def path(self) -> str:
        return urllib.parse.urlsplit(self.url).path


class Client:
    """Asks one base URL. `listener` hears of each exchange that answers what was expected of it."""

    def __init__(self, base: str, listener: Callable[[Exchange], None] | None = None):
        self.base = base
        self.exchanges: list[Exchange] = []
        self.listener = listener
        self._session = requests.Session()

    def ask(self, method: str, path: str, expect: int | tuple[int, ...] = 200, *, token: str | None = None, body=None, data: bytes | None = None,
            headers: dict[str, str] | None = None, quiet: bool = False) -> Answer:
        """`body` is sent as JSON, `data` as it is. `quiet`: one of many tries, which the listener need not hear of."""
        fields = {"authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            data, fields["content-type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        exchange = self._exchange(method, urllib.parse.urljoin(self.base, path), fields | (headers or {}), data)
        expected = expect if isinstance(expect, tuple) else (expect,)
        if exchange.answer.status not in expected:
            raise StoryFailed(f"{method} {exchange.url} was to answer {' or '.join(map(str, expected))} and answered {exchange.answer.status}: "
                              f"{exchange.answer.body[:1000].decode(errors='replace')}")
        if self.listener and not quiet:
            self.listener(exchange)
        return exchange.answer

    def _exchange(self, method: str, url: str, headers: dict[str, str], data: bytes | None) -> Exchange:
        begin = time.monotonic()
        try:
            answer = self._session.request(method, url, headers=headers, data=data, timeout=30, allow_redirects=False)
        except requests.RequestException as error:
            raise StoryFailed(f"{method} {url}: {error}") from error
        exchange = Exchange(method, url, headers, data, Answer(answer.status_code, answer.headers, answer.content, time.monotonic() - begin))
        self.exchanges.append(exchange)
        return exchange
