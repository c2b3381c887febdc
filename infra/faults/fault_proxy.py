"""A TCP relay to one server whose connections can be made to go dead: open, and nothing passes any more."""
import contextlib
import dataclasses
import selectors
import socket
import threading
import urllib.parse

PIECE = 65536


@dataclasses.dataclass(eq=False)
class Pair:
    """A connection of a client, and the one that stands behind it."""

    client: socket.socket
    server: socket.socket
    is_dead: bool = False


class FaultProxy:
    """`with FaultProxy(url) as proxy:` listens on `proxy.url`, which leads to the same server."""

    def __init__(self, url: str):
        parts = urllib.parse.urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        port = self._listener.getsockname()[1]
        self.url = urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.replace(f"{parts.hostname}:{parts.port}", f"127.0.0.1:{port}")))
        self._lock = threading.Lock()
        self._pairs: set[Pair] = set()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "FaultProxy":
        self._thread.start()
        return self

    def __exit__(self, *problem) -> None:
        self._stopping.set()
        self._thread.join(10)
        self._listener.close()
        for pair in self._pairs:
            pair.client.close()
            pair.server.close()

    def cut(self) -> int:
        """From now on nothing passes on the connections that are open, and neither side hears of it; new ones work. How many they are."""
        with self._lock:
            for pair in self._pairs:
                pair.is_dead = True
            return len(self._pairs)

    @property
    def dead(self) -> int:
        """Cut connections that their clients still keep."""
        with self._lock:
            return sum(pair.is_dead for pair in self._pairs)

    @property
    def alive(self) -> int:
        with self._lock:
            return sum(not pair.is_dead for pair in self._pairs)

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            while not self._stopping.is_set():
                for key, _ in selector.select(0.1):
                    if key.data is None:
                        self._accept(selector)
                    elif key.fileobj.fileno() >= 0:
                        self._pass_on(key.fileobj, key.data, selector)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(OSError):
            client, _ = self._listener.accept()
            try:
                pair = Pair(client, socket.create_connection(self._target, timeout=5))
            except OSError:
                client.close()
                return
            with self._lock:
                self._pairs.add(pair)
            for one in (pair.client, pair.server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                selector.register(one, selectors.EVENT_READ, pair)

    def _pass_on(self, source: socket.socket, pair: Pair, selector: selectors.BaseSelector) -> None:
        is_client = source is pair.client
        try:
            piece = source.recv(PIECE)
            if piece and not pair.is_dead:
                (pair.server if is_client else pair.client).sendall(piece)
        except OSError:
            piece = b""
        if piece:
            return   # what comes by a dead connection is swallowed: its end of the wire is cut
        selector.unregister(source)
        # The client of a dead connection hears nothing of the server's end either.
        if is_client or not pair.is_dead:
            self._drop(pair, source, selector)

    def _drop(self, pair: Pair, gone: socket.socket, selector: selectors.BaseSelector) -> None:
        for one in (pair.client, pair.server):
            if one is not gone:
                with contextlib.suppress(KeyError, ValueError):
                    selector.unregister(one)
            one.close()
        with self._lock:
            self._pairs.discard(pair)
