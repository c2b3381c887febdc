"""Heads that two servers in a row could read differently, and other bad ones: asked of each service's own port and through the gateway."""
import re
import socket
import urllib.parse

import pytest

READABLE = {"users": "/.well-known/jwks.json", "courses": "/v1/categories", "search": "/v1/search?limit=1&q=nothing-of-this"}
TAKES_JSON = {"users": "/v1/sessions", "courses": "/v1/courses", "search": "/v1/search"}
DOORS = ["gateway", *READABLE]
REFUSALS = {400, 413, 414, 431, 501, 505}
SILENCE_SECONDS = 2


class Door:
    """Writes requests byte by byte to one port."""

    def __init__(self, url: str, get: str, post: str):
        address = urllib.parse.urlsplit(url)
        self.address = (address.hostname, address.port)
        self.get_path, self.post_path = get.encode(), post.encode()
        self.plain = self.get()

    def get(self, fields: bytes = b"", path: bytes | None = None, version: bytes = b"HTTP/1.1", host: bytes = b"Host: a\r\n") -> bytes:
        return b"GET " + (self.get_path if path is None else path) + b" " + version + b"\r\n" + host + fields + b"\r\n"

    def post(self, fields: bytes, body: bytes = b"") -> bytes:
        return b"POST " + self.post_path + b" HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n" + fields + b"\r\n" + body

    def exchange(self, *requests: bytes, answers: int | None = None) -> tuple[list[int], bool]:
        """The statuses that came back, until there are enough `answers` or the server closes or falls silent; and whether it closed."""
        answer = b""
        with socket.create_connection(self.address, timeout=10) as connection:
            connection.settimeout(SILENCE_SECONDS)
            try:
                for request in requests:
                    connection.sendall(request)
                closed = False
                while answers is None or len(self._statuses(answer)) < answers:
                    data = connection.recv(65536)
                    answer += data
                    if not data:
                        closed = True
                        break
            except TimeoutError:
                closed = False
            except OSError:
                closed = True
        return self._statuses(answer), closed

    @staticmethod
    def _statuses(answer: bytes) -> list[int]:
        return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) (?!Continue)", answer)]


@pytest.fixture(params=DOORS)
def door(request, stack) -> Door:
    service = "users" if request.param == "gateway" else request.param
    url = stack["gateway"] if request.param == "gateway" else stack["services"][service]["url"]
    return Door(url, READABLE[service], TAKES_JSON[service])


CHUNKED = b"Transfer-Encoding: chunked\r\n"
REFUSED = {
    "a length and chunks": lambda door: door.post(b"Content-Length: 4\r\n" + CHUNKED, b"0\r\n\r\n" + door.plain),
    "two lengths": lambda door: door.post(b"Content-Length: 2\r\nContent-Length: 3\r\n", b"{}x"),
    "a list of lengths": lambda door: door.post(b"Content-Length: 2, 3\r\n", b"{}x"),
    "a length with a plus": lambda door: door.post(b"Content-Length: +2\r\n", b"{}"),
    "a negative length": lambda door: door.post(b"Content-Length: -2\r\n", b"{}"),
    "a hexadecimal length": lambda door: door.post(b"Content-Length: 0x2\r\n", b"{}"),
    "a length of 23 digits": lambda door: door.post(b"Content-Length: 99999999999999999999999\r\n", b"{}"),
    "an empty length": lambda door: door.post(b"Content-Length:\r\n"),
    "an unknown coding": lambda door: door.post(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"),
    "a coding after chunks": lambda door: door.post(b"Transfer-Encoding: chunked, identity\r\n", b"0\r\n\r\n"),
    "two fields of codings": lambda door: door.post(CHUNKED + b"Transfer-Encoding: identity\r\n", b"0\r\n\r\n"),
    "a vertical tab before the coding": lambda door: door.post(b"Transfer-Encoding:\x0bchunked\r\n", b"0\r\n\r\n"),
    "a blank before the colon": lambda door: door.post(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"),
    "a control byte in a name": lambda door: door.get(b"X\x01Y: 1\r\n"),
    "a field without a colon": lambda door: door.get(b"nocolon\r\n"),
    "a bare CR in a value": lambda door: door.get(b"X: a\rb\r\n"),
    "no host": lambda door: door.get(host=b""),
    "two hosts": lambda door: door.get(b"Host: b\r\n"),
    "another version in the request line": lambda door: door.get(version=b"HTTP/2.0"),
    "a blank in the target": lambda door: door.get(path=b"/a b"),
    "a chunk of more than 64 bits": lambda door: door.post(CHUNKED, b"fffffffffffffffff1\r\n{}\r\n0\r\n\r\n"),
    "a chunk without its line end": lambda door: door.post(CHUNKED, b"2\r\n{}X\r\n0\r\n\r\n"),
    "a head of 200 KB": lambda door: door.get(b"X: " + b"a" * 200_000 + b"\r\n"),
    "a target of 200 KB": lambda door: door.get(path=b"/" + b"a" * 200_000),
    "ten thousand fields": lambda door: door.get(b"".join(b"h%d: v\r\n" % number for number in range(10_000))),
}
ANSWERED = {
    "a plain one": lambda door: door.get(),
    "a body in chunks": lambda door: door.post(CHUNKED, b"2\r\n{}\r\n0\r\n\r\n"),
    "a chunk with an extension": lambda door: door.post(CHUNKED, b"2;a=b\r\n{}\r\n0\r\n\r\n"),
    "a whole URL as target": lambda door: door.get(path=b"http://a" + door.get_path),
    "%00 in the path": lambda door: door.get(path=door.get_path.split(b"?")[0] + b"%00x"),
    "a broken escape in the path": lambda door: door.get(path=door.get_path.split(b"?")[0] + b"/%zz"),
    "no UTF-8 in the path": lambda door: door.get(path=door.get_path.split(b"?")[0] + b"/%ff%fe"),
    "dots that climb": lambda door: door.get(path=door.get_path.split(b"?")[0] + b"/%2e%2e/%2e%2e/etc/passwd"),
    "TRACE": lambda door: door.get().replace(b"GET", b"TRACE", 1),
    "an unknown method": lambda door: door.get().replace(b"GET", b"FROB", 1),
}
NOTHING_THERE = ("%00 in the path", "a broken escape in the path", "no UTF-8 in the path")


@pytest.mark.parametrize("case", REFUSED)
def test_what_could_be_read_in_two_ways_is_refused_and_the_connection_ends(request, door, case):
    door_name = request.node.callspec.id
    statuses, closed = door.exchange(REFUSED[case](door))
    if case == "a bare CR in a value" and "gateway" in door_name:
        # Envoy drops the byte before any of its filters sees the head: what it passes on can be read in one way only.
        assert statuses == [200]
        return
    assert closed and set(statuses) <= REFUSALS, f"{statuses} {'closed' if closed else 'open'}"


@pytest.mark.parametrize("case", ANSWERED)
def test_what_is_plain_is_answered_and_the_connection_stays_usable(door, case):
    statuses, _ = door.exchange(ANSWERED[case](door), door.plain, answers=2)
    assert len(statuses) == 2 and 200 <= statuses[0] < 500 and statuses[1] == 200, statuses
    if case in NOTHING_THERE:
        assert statuses[0] in (400, 404), statuses
