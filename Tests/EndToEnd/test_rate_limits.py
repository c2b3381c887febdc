"""How often one client may ask: counted for all processes together, told in each answer, and let pass while nobody can count."""
import ipaddress
import secrets

import pytest
import requests
from instance import Instance, free_port

QUOTA = 3
HOUR = 3600


def sign_in(instance: Instance, address: str) -> requests.Response:
    """Tries a password as a gateway would pass it on for this address."""
    body = {"email": f"{secrets.token_hex(8)}@example.org", "password": "not the password"}
    return requests.post(f"{instance.url}/v1/sessions", json=body, headers={"x-forwarded-for": f"198.51.100.9, {address}"}, timeout=60)


def some_address(network: str) -> str:
    """An address that no other test, nor the last run of this one, has come from."""
    chosen = ipaddress.ip_network(network)
    return str(chosen[secrets.randbelow(chosen.num_addresses)])


@pytest.fixture(scope="module")
def pair(stack):
    with Instance(stack, "users", LIMIT_SIGN_IN=f"{QUOTA}/1h") as one, Instance(stack, "users", LIMIT_SIGN_IN=f"{QUOTA}/1h") as other:
        yield one, other


def test_two_processes_count_together_and_tell_what_is_left(pair):
    address = some_address("10.0.0.0/8")
    for number in range(QUOTA):
        answer = sign_in(pair[number % 2], address)
        assert answer.status_code == 401
        assert answer.headers["ratelimit-policy"] == f'"sign-in";q={QUOTA};w={HOUR}'
        assert answer.headers["ratelimit"].startswith(f'"sign-in";r={QUOTA - 1 - number};t=')
        assert HOUR * number / QUOTA < int(answer.headers["ratelimit"].partition("t=")[2]) <= HOUR * (number + 1) / QUOTA
    for instance in pair:
        refused = sign_in(instance, address)
        assert refused.status_code == 429 and refused.json()["type"].endswith("/problems/too-many-requests")
        assert 0 < int(refused.headers["retry-after"]) <= HOUR / QUOTA
        assert refused.headers["ratelimit"].startswith('"sign-in";r=0;t=')
        metrics = requests.get(f"{instance.admin}/metrics", timeout=10).text
        assert 'rate_limit_refused_total{policy="sign-in"}' in metrics
    assert sign_in(pair[0], some_address("10.0.0.0/8")).status_code == 401


def test_an_ipv6_client_is_its_64(pair):
    network = ipaddress.ip_network((int(ipaddress.ip_address(some_address("fd00::/16"))) >> 64 << 64, 64))
    statuses = [sign_in(pair[0], some_address(str(network))).status_code for _ in range(QUOTA + 1)]
    assert statuses == [401] * QUOTA + [429]


def test_while_redis_does_not_answer_all_are_let_in(stack):
    with Instance(stack, "users", LIMIT_SIGN_IN="1/1h", REDIS_URL=f"redis://127.0.0.1:{free_port()}") as instance:
        address = some_address("10.0.0.0/8")
        answers = [sign_in(instance, address) for _ in range(QUOTA)]
        assert {answer.status_code for answer in answers} == {401}
        assert not any("ratelimit" in answer.headers for answer in answers)
        metrics = requests.get(f"{instance.admin}/metrics", timeout=10).text
        assert f'rate_limit_uncounted_total{{policy="sign-in"}} {QUOTA}' in metrics
        assert "requests are let in uncounted" in instance.log.read_text()


def test_answers_of_the_gateway_tell_of_limits(stack):
    answer = requests.get(f"{stack['gateway']}/v1/search", timeout=30)
    assert answer.status_code == 200 and answer.headers["ratelimit-policy"].startswith('"search";q=') and "ratelimit" in answer.headers
