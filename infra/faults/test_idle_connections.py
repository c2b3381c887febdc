"""Ten thousand clients that keep their connection and ask nothing: the memory that they cost, and who asks is served as ever."""
import pathlib
import re
import socket
import time

from client import Client
from instance import Instance
from load import Load
from probes import ask
from waiting import PATIENCE, until

CONNECTIONS = 10_000
MEMORY_BARS_MIB = {"release": 150, "debug": 160}
ADDRESSES = 4
SETTLE_SECONDS = 30
LONGEST_SECONDS = 5


def resident(instance: Instance) -> float:
    """MiB of memory that the process holds."""
    status = pathlib.Path(f"/proc/{instance.process.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+) kB", status, re.M).group(1)) / 1024


def connected(port: int, number: int) -> socket.socket:
    """A connection that was used once: its server keeps it."""
    one = socket.create_connection(("127.0.0.1", port), 30, source_address=(f"127.0.0.{2 + number % ADDRESSES}", 0))
    one.sendall(b"GET /v1/categories HTTP/1.1\r\nHost: lyceum\r\n\r\n")
    return one


def answered(one: socket.socket) -> bool:
    head = b""
    while b"\r\n\r\n" not in head:
        head += (piece := one.recv(65536))
        if not piece:
            return False
    length = int(re.search(rb"content-length: (\d+)", head.lower()).group(1))
    left = length - len(head.partition(b"\r\n\r\n")[2])
    while left > 0:
        left -= len(one.recv(65536))
    return head.startswith(b"HTTP/1.1 200 ")


def test_ten_thousand_idle_connections_cost_little(story, stack, seed, tell):
    # Idle ones are ended after a minute; on a slow machine the last is opened later than that.
    with Instance(stack, "courses") as instance:
        before, descriptors, open_ones = resident(instance), instance.descriptors, []
        begin = time.monotonic()
        try:
            while len(open_ones) < CONNECTIONS:
                batch = [connected(instance.port, len(open_ones) + number) for number in range(100)]
                assert all(answered(one) for one in batch)
                open_ones += batch
            opened = time.monotonic() - begin
            held, memory = instance.descriptors - descriptors, resident(instance)
            questions = {"course page": lambda one=Client(instance.url): ask(one, None, "GET", f"/v1/courses/{story.course.id}")}
            with Load(questions, askers=2, seed=seed, pause=0.01) as load:
                until("others are served", lambda: load.statuses()[200] >= 100, SETTLE_SECONDS)
        finally:
            for one in open_ones:
                one.close()
        assert set(load.statuses()) == {200} and load.slowest < LONGEST_SECONDS * PATIENCE
        assert held >= CONNECTIONS * 0.99 or opened > 55, f"only {held} connections were kept"
        kind = pathlib.Path(stack["binaries"]).name
        assert memory <= MEMORY_BARS_MIB[kind], f"{memory:.0f} MiB"
        until(f"descriptors come back to {descriptors}", lambda: instance.descriptors <= descriptors + 16, SETTLE_SECONDS)
        tell(f"{held} idle connections: {memory:.0f} MiB ({before:.0f} before), {(memory - before) * 1024 / max(held, 1):.1f} KiB each, opened in {opened:.0f} s ({kind} build)")
