"""More callers than connections: a bounded wait, then 503 with Retry-After; the process stays alive and answers at once when connections are free."""
import time

import requests
from crowd import Crowd
from client import Client
from database import Database
from instance import Instance
from load import Load
from probes import ask
from waiting import PATIENCE, until

CONNECTIONS = 2
ASKERS = 40
HELD_SECONDS = 15
LONGEST_SECONDS = 15
SETTLE_SECONDS = 30


def refusals(instance: Instance) -> float:
    """Callers that got no connection, whatever the reason."""
    page = requests.get(instance.admin + "/metrics", timeout=10).text
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith("postgres_pool_refusals_total{"))


def test_callers_that_get_no_connection_are_refused_after_a_bounded_wait(story, stack, probes, seed, tell):
    with Instance(stack, "enrollments", POSTGRES_CONNECTIONS=str(CONNECTIONS), LOOPS="1") as instance:
        client, crowd = Client(instance.url), Crowd(stack)
        students = [crowd.student() for _ in range(ASKERS)]
        questions = {
            f"enrol {number}": lambda one=one: client.ask(
                "POST", "/v1/enrollments", tuple(range(200, 600)), token=one.token, body={"courseId": story.course.id}, quiet=True)
            for number, one in enumerate(students)
        }
        with Load(questions, askers=ASKERS, seed=seed) as load:
            until("the load runs", lambda: load.statuses()[201] >= ASKERS / 4, SETTLE_SECONDS)
            with Database.of(stack, "enrollments").locked("course_facts"):
                begin = time.monotonic()
                alive = []
                while time.monotonic() < begin + HELD_SECONDS:
                    asked = time.monotonic()
                    assert requests.get(instance.admin + "/health/live", timeout=10).status_code == 200
                    alive.append(time.monotonic() - asked)
                    time.sleep(0.2)
                end = time.monotonic()
            until("all is served again", lambda: load.served_since(end), SETTLE_SECONDS)
        refused = [one for one in load.between(begin, end) if one.status == 503]
        assert set(load.statuses()) <= {200, 201, 503}, load.unexpected(200, 201, 503)
        assert refused and all(one.retry_after for one in refused)
        assert max(one.seconds for one in refused) < LONGEST_SECONDS * PATIENCE
        assert refusals(instance) > 0
        waits = sorted(one.seconds for one in refused)
        assert ask(client, story.student, "GET", "/v1/me/courses").status == 200
        tell(f"{ASKERS} callers, {CONNECTIONS} connections that hang: {len(refused)} refused, half of them within {waits[len(waits) // 2]:.1f} s, the last after "
             f"{waits[-1]:.1f} s; the process said that it lives within {max(alive):.2f} s")
