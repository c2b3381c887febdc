"""The signing keys change while everything runs: no token is refused, neither an old one nor a new one, at the gateway or between services."""
import json
import pathlib
import subprocess
import time

import jwt
import requests
from account import Account
from load import Load
from maildir import Maildir
from waiting import until

LEAD_SECONDS = 95
"""A minute until the gateway fetches keys again, half a minute until the users service looks at its folder."""
SETTLE_SECONDS = 60
ASKED = ["me", "my courses", "playback", "asset", "enrol", "draft", "keys"]


def lyceum(stack, *words: str) -> str:
    done = subprocess.run([pathlib.Path(stack["bin"]) / "lyceum", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def published(stack) -> list[str]:
    page = requests.get(stack["services"]["users"]["url"] + "/.well-known/jwks.json", timeout=10).json()
    return [key["kid"] for key in page["keys"]]


def test_a_rotation_under_load_refuses_nobody(story, stack, probes, seed, tell):
    folder, before = pathlib.Path(stack["keys"]), published(stack)
    files = set(folder.iterdir())
    # The probes go on with the token that they have; who signs in is somebody else.
    newcomer = Account(story.client, Maildir(stack["mailbox"]), "New Token").open()
    questions = {name: probes[name].ask for name in ASKED} | {"sign in and ask": lambda: _sign_in_and_ask(newcomer)}
    try:
        with Load(questions, askers=3, seed=seed, pause=0.1) as load:
            until("the load runs", lambda: len(load.results) > 30, SETTLE_SECONDS)
            lyceum(stack, "keys", "rotate", str(folder), "--lead", str(LEAD_SECONDS))
            until("the new key is published", lambda: len(published(stack)) == len(before) + 1, LEAD_SECONDS)
            new = next(kid for kid in published(stack) if kid not in before)
            until("the new key signs", lambda: _signer(newcomer) == new, LEAD_SECONDS + SETTLE_SECONDS)
            begin = time.monotonic()
            until("all is asked with old and new tokens", lambda: load.served_since(begin), SETTLE_SECONDS)
        statuses = load.statuses()
        assert set(statuses) <= {200, 201}, load.unexpected(200, 201)
        tell(f"{len(load.results)} requests through a rotation of all keys, none refused")
    finally:
        for file in set(folder.iterdir()) - files:
            file.unlink()
        lyceum(stack, "keys", "generate", str(folder))
        until("the keys are as they were", lambda: published(stack) == before, 2 * SETTLE_SECONDS)


def _sign_in_and_ask(student):
    """A token that is as new as can be, used at once."""
    body = {"email": student.email, "password": student.password}
    answer = student.client.ask("POST", "/v1/sessions", tuple(range(200, 600)), body=body, quiet=True)
    if answer.status != 201:
        return answer
    return student.client.ask("GET", "/v1/me", tuple(range(200, 600)), token=answer.json["accessToken"], quiet=True)


def _signer(student) -> str:
    student.sign_in(quiet=True)
    return jwt.get_unverified_header(student.token)["kid"]
