"""What is told on the live broker: a queue of a test's own that every event of the platform is copied to."""
import contextlib
import secrets
import urllib.parse

import requests
from stack import Stack

EXCHANGE = "lyceum.events"
LIMIT = 20_000
PLANTED = "a test"
"""The app_id of what a test itself puts into the exchange."""


class Broker:
    """By its management API."""

    def __init__(self, stack: Stack):
        self.base = stack["stores"]["rabbitmqManagement"].rstrip("/") + "/api"
        self.exchange = f"exchanges/%2F/{urllib.parse.quote(EXCHANGE, safe='')}"

    def ask(self, method: str, path: str, body: dict | None = None, accepted: tuple[int, ...] = (200, 201, 204)) -> requests.Response:
        answer = requests.request(method, f"{self.base}/{path}", json=body, timeout=30)
        assert answer.status_code in accepted, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer

    def plant(self, event_id: str, event_type: str, body: str) -> None:
        """Straight into the exchange, as the relay does."""
        about = {"message_id": event_id, "type": event_type, "delivery_mode": 2, "app_id": PLANTED}
        message = {"properties": about, "routing_key": event_type, "payload": body, "payload_encoding": "string"}
        assert self.ask("POST", f"{self.exchange}/publish", message).json()["routed"]

    def subscriptions(self) -> dict[str, set[str]]:
        """The types of events that each consumer's queue is bound to."""
        found: dict[str, set[str]] = {}
        for one in self.ask("GET", f"{self.exchange}/bindings/source").json():
            if one["routing_key"] != "#":
                found.setdefault(one["destination"], set()).add(one["routing_key"])
        return found


class Overheard:
    """Is bound to all that the exchange gets. RabbitMQ drops the oldest beyond the limit, and the queue an hour after its last use."""

    def __init__(self, broker: Broker):
        self.broker = broker
        self.name = f"overheard.{secrets.token_hex(6)}"
        self.messages: list[dict] = []
        broker.ask("PUT", f"queues/%2F/{self.name}", {"durable": False, "arguments": {"x-max-length": LIMIT, "x-expires": 3_600_000}})
        broker.ask("POST", broker.exchange.replace("exchanges/%2F/", "bindings/%2F/e/") + f"/q/{self.name}", {"routing_key": "#"})

    def listen(self) -> list[dict]:
        """Each message that the platform told so far: its body as text, its properties, its routing key."""
        wanted = {"count": 5000, "ackmode": "ack_requeue_false", "encoding": "auto"}
        while found := self.broker.ask("POST", f"queues/%2F/{self.name}/get", wanted).json():
            self.messages += [one for one in found if one["properties"].get("app_id") != PLANTED]
        return self.messages

    def end(self) -> None:
        """A broker that was started again meanwhile has forgotten the queue, and one that starts just now will."""
        with contextlib.suppress(requests.ConnectionError):
            self.broker.ask("DELETE", f"queues/%2F/{self.name}", accepted=(204, 404))
