"""Everybody who may ask a route. Their tokens are signed as the platform signs them, for sessions that nobody has."""
import functools
import json
import pathlib
import secrets
import time
import uuid

import jwt
from stack import Stack
from tokens import BadTokens
from world import World

SERVICES = ["users", "courses", "enrollments", "media", "delivery", "search", "notifications", "worker", "indexer"]
USERS = ["student", "enrolled", "another", "owner", "support", "admin", "roleless"]
"""One who is not enrolled; one who is; an instructor of another course; the course's own; two of the platform's; one whose roles there are not."""


class Askers:
    def __init__(self, world: World):
        self.stack: Stack = world.stack
        self.like = BadTokens(world.stack, world.student.token)
        signed_in = {name: self._signed_in(world, name) for name in ("student", "admin")}
        self.people = signed_in | {"enrolled": world.student.token, "another": world.stranger.token, "owner": world.instructor.token}

    @staticmethod
    def _signed_in(world: World, name: str) -> str:
        login = world.stack["logins"][name]
        body = {"email": login["email"], "password": login["password"]}
        return world.client.ask("POST", "/v1/sessions", 201, body=body).json["accessToken"]

    @functools.cache
    def user(self, name: str) -> str:
        """Of `USERS`; with a session of its own, so that nobody is signed out who is needed."""
        if name in self.people:
            claims = jwt.decode(self.people[name], options={"verify_signature": False})
        else:
            roles = {"support": ["student", "support"], "roleless": ["superuser", "service"]}[name]
            claims = self.like.claims | {"sub": str(uuid.uuid4()), "roles": roles}
        own = {"sid": str(uuid.uuid4()), "jti": secrets.token_hex(8)}
        return jwt.encode(claims | own, self.like.own, algorithm="ES256", headers=self.like.head)

    @functools.cache
    def service(self, name: str, audience: str) -> str:
        """The token by which a service names itself to the service `audience`."""
        key = json.loads((pathlib.Path(self.stack["keys"]) / f"service-{name}.jwk").read_text())
        now = int(time.time())
        claims = {"iss": name, "sub": name, "aud": audience, "iat": now, "exp": now + 600, "jti": secrets.token_hex(8)}
        headers = {"typ": "service+jwt", "kid": key["kid"]}
        return jwt.encode(claims, jwt.algorithms.ECAlgorithm.from_jwk(key), algorithm="ES256", headers=headers)
