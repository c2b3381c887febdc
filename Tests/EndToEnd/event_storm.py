"""Events between processes that are killed at random: two services that write, their relays, three consumers, and the broker itself.

The processes are `EventStorm` of Tests/EventStorm: the product's own outbox, relay, consumer and inbox on PostgreSQL and on MongoDB.
"""
import dataclasses
import os
import pathlib
import random
import signal
import subprocess
import time
import uuid

import pymongo
from client import StoryFailed
from database import Database
from stack import Stack
from supervised import Supervised
from waiting import PATIENCE, PAUSE_SECONDS

STORES = ["postgres", "mongo"]
LOOK_EVERY = 10
"""Pauses between two looks at the stores, of which each is a few processes."""

CONSUMERS = ["ledger", "bulk", "archive"]


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much is written, and how often what is killed."""

    changes: int
    """Of both stores together."""
    subjects: int
    pause_ms: int
    """Between two changes of a store."""
    kills: int
    kill_every: tuple[float, float]
    broker_kills: int


class Kept:
    """A process that is started again whenever it ends, until it ends well."""

    def __init__(self, command: list[str], environment: dict[str, str], log: pathlib.Path):
        self.command, self.environment, self.log = command, environment, log
        self.ended: list[int] = []
        self.is_done = False
        self._start()

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def tend(self) -> None:
        if not self.is_done and (status := self.process.poll()) is not None:
            self.ended.append(status)
            self.is_done = status == 0
            if not self.is_done:
                self._start()

    def kill(self) -> None:
        if not self.is_done:
            self.process.kill()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


class Storm:
    """`with Storm(…) as storm:` has everything running; all of it is ended with the block."""

    def __init__(self, stack: Stack, supervised: Supervised, plan: Plan, seed: int, folder: pathlib.Path):
        self.supervised, self.plan, self.folder = supervised, plan, folder
        self.dice = random.Random(seed)
        self.name = f"storm_{uuid.uuid4().hex[:10]}"
        self.cure = folder / "cure"
        self._server, self.database = Database(stack, "postgres"), Database(stack, self.name)
        self._program = str(pathlib.Path(stack["binaries"]) / "EventStorm")
        self._mongo = pymongo.MongoClient(stack["stores"]["mongo"])
        self.environment = os.environ | {
            "LYCEUM_POSTGRES_URL": self.database.url,
            "LYCEUM_MONGO_URL": stack["stores"]["mongo"], "LYCEUM_MONGO_DATABASE": self.name, "LYCEUM_RABBITMQ_URL": stack["stores"]["rabbitmq"],
            "LYCEUM_EVENTS_PREFIX": self.name, "LYCEUM_STORM_CURE": str(self.cure),
        }
        self.kept: dict[str, Kept] = {}
        self.broker_kills = 0

    def __enter__(self) -> "Storm":
        self._server.rows(f"create database {self.name}")
        done = subprocess.run([self._program, "prepare"], env=self.environment, capture_output=True, text=True, timeout=60 * PATIENCE)
        if done.returncode != 0:
            raise StoryFailed(f"EventStorm prepare: {done.stdout}{done.stderr}")
        plan, each = self.plan, str(self.plan.changes // len(STORES))
        for store in STORES:
            self._keep(f"write {store}", "write", store, "--changes", each, "--subjects", str(plan.subjects), "--pause", str(plan.pause_ms))
            self._keep(f"relay {store}", "relay", store)
        for consumer in CONSUMERS:
            self._keep(f"consume {consumer}", "consume", consumer)
        return self

    def _keep(self, name: str, *words: str) -> None:
        self.kept[name] = Kept([self._program, *words], self.environment, self.folder / f"{name.replace(' ', '-')}.log")

    def __exit__(self, *problem) -> None:
        for one in self.kept.values():
            one.end()
        self._server.rows(f"drop database {self.name} with (force)")
        self._mongo.drop_database(self.name)
        self._mongo.close()

    # What happens

    def rage(self) -> None:
        """Kills at random until all kills are done and everything is written; the broker at even distances in between."""
        kills, victims = 0, sorted(self.kept)
        when = time.monotonic() + self.dice.uniform(*self.plan.kill_every)
        while kills < self.plan.kills or not all(self.kept[f"write {store}"].is_done for store in STORES):
            self.tend()
            if kills < self.plan.kills and time.monotonic() >= when:
                self.kept[self.dice.choice([name for name in victims if not self.kept[name].is_done])].kill()
                kills += 1
                if self.broker_kills < self.plan.broker_kills * kills // self.plan.kills:
                    self.broker_kills += 1
                    self.supervised.kill("rabbitmq")
                when = time.monotonic() + self.dice.uniform(*self.plan.kill_every)
            time.sleep(PAUSE_SECONDS)

    def tend(self) -> None:
        for one in self.kept.values():
            one.tend()

    def until(self, what: str, condition, seconds: float) -> None:
        """Waits for it, and keeps the processes running meanwhile."""
        deadline = time.monotonic() + seconds * PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise StoryFailed(f"{what}: not within {seconds * PATIENCE:g} s; {self.progress()}")
            for _ in range(LOOK_EVERY):
                self.tend()
                time.sleep(PAUSE_SECONDS)

    # What there is

    def told(self) -> dict[str, int]:
        """How far each subject has been counted by its writer."""
        subjects = {row["_id"]: row["revision"] for row in self._mongo[self.name]["subjects"].find()}
        return subjects | {name: int(revision) for name, revision in self.database.rows("select subject, revision from subjects")}

    def effects(self, consumer: str) -> dict[str, list[int]]:
        """The revisions of each subject that a consumer has applied, in the order in which it did."""
        if consumer == "archive":
            return {row["_id"]: row["revisions"] for row in self._mongo[self.name]["effects"].find()}
        applied: dict[str, list[int]] = {}
        for subject, revision in self.database.rows(f"select subject, revision from effects where consumer = '{consumer}' order by position"):
            applied.setdefault(subject, []).append(int(revision))
        return applied

    def count(self, consumer: str) -> int:
        return sum(map(len, self.effects(consumer).values()))

    def unpublished(self) -> int:
        return self.database.number("select count(*) from outbox where published_at is null") + self._mongo[self.name]["outbox"].count_documents({"publishedAt": None})

    def progress(self) -> str:
        effects = ", ".join(f"{name} {self.count(name)}" for name in CONSUMERS)
        return f"{sum(self.told().values())} told, {self.unpublished()} unpublished, {effects}"

    @property
    def crashes(self) -> dict[str, int]:
        """How often each process ended by SIGKILL, by ours or by its own hand."""
        return {name: one.ended.count(-signal.SIGKILL) for name, one in self.kept.items()}
