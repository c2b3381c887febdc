"""A lock held for half a minute: what needs the table is refused in bounded time and says when to come again, everything else does not notice."""
import time

from crowd import Enrolling
from database import Database
from load import Load
from probes import RECOVERY_SECONDS, all_fine
from waiting import PATIENCE, until

LOCKED_SECONDS = 30
LONGEST_SECONDS = 15
"""Waiting for a connection, the statement's own time, and some for what is around them."""

GROWTH = 1.2
NEED_IT = ["my courses", "progress"]
DO_NOT = ["me", "catalogue", "course page", "draft", "asset"]


def footprint(pid: int) -> tuple[int, int]:
    """Resident memory in KiB, and threads."""
    with open(f"/proc/{pid}/status") as status:
        fields = dict(line.split(":", 1) for line in status)
    return int(fields["VmRSS"].split()[0]), int(fields["Threads"])


def test_a_table_that_is_locked_is_missed_only_where_it_is_needed(story, stack, probes, supervised, seed, tell):
    all_fine(probes, "before")
    pid = supervised.pid("enrollments")
    enrol = Enrolling(stack, story.client, story.course.id)
    others, needing = {name: probes[name].ask for name in DO_NOT}, {name: probes[name].ask for name in NEED_IT} | {"enrol": enrol}
    with Load(needing, askers=4, seed=seed), Load(others, askers=2, seed=seed):
        time.sleep(3)   # what a load costs without a fault
        memory, threads = footprint(pid)
    with Database.of(stack, "enrollments").locked("enrollments"):
        with Load(needing, askers=12, seed=seed) as stuck, Load(others, askers=2, seed=seed, pause=0.02) as free:
            time.sleep(LOCKED_SECONDS)
            at_the_end = footprint(pid)
    assert set(stuck.statuses()) == {503}, stuck.unexpected(503)
    assert all(one.retry_after for one in stuck.results)
    assert stuck.slowest < LONGEST_SECONDS * PATIENCE
    assert set(free.statuses()) == {200}, free.unexpected(200)
    assert at_the_end[0] < memory * GROWTH and at_the_end[1] <= threads + 2, f"{at_the_end} after {(memory, threads)}"
    begin = time.monotonic()
    all_fine(probes, "again")
    until("enrolling works", lambda: enrol().status == 201, RECOVERY_SECONDS)
    assert supervised.pid("enrollments") == pid
    tell(f"a lock of {LOCKED_SECONDS} s: {len(stuck.results)} requests refused with 503, the slowest after {stuck.slowest:.1f} s; {len(free.results)} others "
         f"answered, the slowest in {free.slowest:.2f} s; all well {time.monotonic() - begin:.1f} s after it; {memory // 1024} to {at_the_end[0] // 1024} MiB")
