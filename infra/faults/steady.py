"""Clients that are slow and yet get on: an upload and a download over raw sockets, at a pace that takes longer than any time limit for silence."""
import socket
import threading
import time
import urllib.parse

BYTES_PER_SECOND = 24 * 1024
"""More than what a service holds for the slowest pace of somebody honest (16 KiB a second)."""
BUFFER = 16 * 1024
SILENCE_SECONDS = 60


class Steady:
    """`with Steady(url) as steady:` sends and takes beside the block and is waited for at its end; then `sent` and `taken` are the two answers' status
    lines with their bytes and seconds."""

    def __init__(self, url: str, page: str, upload: str, fields: dict[str, str], data: bytes):
        address = urllib.parse.urlsplit(url)
        self._address, self._host = (address.hostname, address.port), address.netloc
        self._threads = [threading.Thread(target=self._take, args=(page,), daemon=True),
                         threading.Thread(target=self._send, args=(upload, fields, data), daemon=True)]
        self.sent = self.taken = ("nothing", 0, 0.0)

    def __enter__(self) -> "Steady":
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *problem) -> None:
        for one in self._threads:
            one.join()

    def _connect(self) -> socket.socket:
        connection = socket.socket()
        # What the kernel holds for a client says nothing of its pace.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        connection.settimeout(SILENCE_SECONDS)
        connection.connect(self._address)
        return connection

    def _take(self, page: str) -> None:
        begin, answer = time.monotonic(), b""
        with self._connect() as connection:
            connection.sendall(f"GET {page} HTTP/1.1\r\nhost: {self._host}\r\nconnection: close\r\n\r\n".encode())
            while piece := self._received(connection):
                answer += piece
                _keep_pace(begin, len(answer))
        head, _, body = answer.partition(b"\r\n\r\n")
        length = [line.split(b":")[1].strip() for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        is_whole = length == [str(len(body)).encode()]
        self.taken = (head.split(b"\r\n")[0].decode() if is_whole else f"{len(body)} bytes of {length}", len(body), time.monotonic() - begin)

    def _send(self, path: str, fields: dict[str, str], data: bytes) -> None:
        begin = time.monotonic()
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        with self._connect() as connection:
            try:
                connection.sendall(f"PATCH {path} HTTP/1.1\r\nhost: {self._host}\r\ncontent-length: {len(data)}\r\n{head}\r\n".encode())
                for start in range(0, len(data), BUFFER):
                    connection.sendall(data[start:start + BUFFER])
                    _keep_pace(begin, start + BUFFER)
            except OSError:
                pass   # what was answered in the midst of it says why
            answer = self._received(connection)
        self.sent = (answer.split(b"\r\n")[0].decode(), len(data), time.monotonic() - begin)

    @staticmethod
    def _received(connection: socket.socket) -> bytes:
        try:
            return connection.recv(BUFFER)
        except OSError:
            return b""


def _keep_pace(begin: float, count: int) -> None:
    time.sleep(max(0.0, begin + count / BYTES_PER_SECOND - time.monotonic()))
