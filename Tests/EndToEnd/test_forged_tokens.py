"""Every forged token is 401, at the gateway and at a service itself, and says no more than that."""
import pytest
from client import Client
from forgeries import Forger
from problems import refused


@pytest.fixture(scope="module")
def forger(world):
    return Forger(world.stack, world.student.token)


def test_what_is_signed_as_the_platform_signs_is_taken(world, forger):
    """Otherwise the forgeries would prove nothing: these differ from them in what is forged alone."""
    for door, client in doors(world).items():
        for token in (forger.of(), forger.headed(), forger.good):
            client.ask("GET", ASKED[door], 200, token=token)


ASKED = {"gateway": "/v1/me", "users": "/v1/me", "enrollments": "/v1/me/courses"}


def doors(world) -> dict[str, Client]:
    """A service may be asked past the gateway, from inside the mesh: it goes by its own checks alone."""
    return {"gateway": world.client} | {name: Client(world.stack["services"][name]["url"]) for name in ("users", "enrollments")}


@pytest.mark.parametrize("door", ASKED)
def test_forged_tokens_are_401(world, forger, door):
    client, forged = doors(world)[door], forger.all()
    assert len(forged) >= 25 and len(set(forged.values())) == len(forged)
    wrong = []
    for name, token in forged.items():
        answer = client.ask("GET", ASKED[door], tuple(range(200, 600)), token=token)
        try:
            refused(answer, {401})
            assert 'error="invalid_token"' in answer.headers["www-authenticate"], answer.headers["www-authenticate"]
        except AssertionError as error:
            wrong.append(f"{name}: {error}")
    assert not wrong, "\n".join(wrong)


def test_without_a_token_it_is_not_called_a_bad_one(world):
    """RFC 6750, 3.1: who brought nothing is told the scheme and no error."""
    for door, client in doors(world).items():
        answer = client.ask("GET", ASKED[door], 401)
        refused(answer, {401})
        assert "error=" not in answer.headers["www-authenticate"], f"{door}: {answer.headers['www-authenticate']}"
