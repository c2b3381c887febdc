"""Every operation of the contract, asked badly: the fitting 4xx as a problem, and never a 5xx. The cases are made from the contract."""
import pytest
from bodies import LIMIT, unreadable, wrong
from client import Client
from contract import Contract
from problems import refused
from tokens import BadTokens

CONTRACT = Contract()
OPERATIONS = CONTRACT.operations
WITH_BODY = [one for one in OPERATIONS if one.body]
SIGNED_IN = [one for one in OPERATIONS if one.access != "anyone"]
WITH_ID = [(one, name) for one in OPERATIONS for name in one.names("path")]
ANYWHERE = tuple(range(200, 600))


def identity(value) -> str:
    return getattr(value, "id", str(value))


@pytest.fixture(scope="module")
def bad_tokens(world):
    return {account: BadTokens(world.stack, account.token) for account in (world.instructor, world.student)}


def ask(world, operation, *, who=..., token=None, headers=None, data=None, query="", ids=None, drop=(), base=None):
    """One request that is good but for what is given. Its headers and ids are those of the owner."""
    account = world.owner(operation.service) if who is ... else who
    fields = {name: value for name, value in (world.headers(operation) | (headers or {})).items() if name not in drop}
    if operation.body and data is not None:
        fields.setdefault("content-type", "application/json")
    if operation.id == "sendUploadBytes":
        fields.setdefault("content-type", "application/offset+octet-stream")
        data = b"" if data is None else data
    token = token if token is not None else account.token if account and operation.access != "anyone" else None
    client = base or world.client
    return client.ask(operation.method, world.path(operation.path, **(ids or {})) + query, ANYWHERE, token=token, data=data, headers=fields)


@pytest.mark.parametrize("fault", unreadable())
@pytest.mark.parametrize("operation", WITH_BODY, ids=identity)
def test_a_body_that_is_no_json_is_400(world, operation, fault):
    refused(ask(world, operation, data=unreadable()[fault]), {400})


WRONG = [(operation, fault) for operation in WITH_BODY for fault in wrong(CONTRACT.expanded(operation.body))]


@pytest.mark.parametrize("operation,fault", WRONG, ids=lambda value: identity(value).replace(" ", "_"))
def test_a_body_that_is_not_what_was_asked_for_is_422_and_names_the_field(world, operation, fault):
    data, pointer = wrong(CONTRACT.expanded(operation.body))[fault]
    answer = ask(world, operation, data=data)
    refused(answer, {422} if pointer else {400, 422})
    if pointer:
        named = [error["pointer"] for error in answer.json["errors"]]
        assert any(one == pointer or one.startswith(pointer + "/") for one in named), f"{named} does not name {pointer}"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", ""])
@pytest.mark.parametrize("operation", WITH_BODY, ids=identity)
def test_a_body_of_another_kind_is_415(world, operation, kind):
    refused(ask(world, operation, data=b"{}", headers={"content-type": kind}), {415})


@pytest.mark.parametrize("operation", WITH_BODY, ids=identity)
def test_a_body_that_is_too_large_is_413(world, operation):
    refused(ask(world, operation, data=b'{"a":"' + b"x" * LIMIT + b'"}'), {413})


@pytest.mark.parametrize("operation", WITH_BODY, ids=identity)
def test_a_service_itself_refuses_what_is_too_large(world, operation):
    direct = Client(world.stack["services"][operation.service]["url"])
    refused(ask(world, operation, data=b'{"a":"' + b"x" * LIMIT + b'"}', base=direct), {413})


BAD_IDS = {"a word": "not-an-id", "a number": "1", "no version 7": "00000000-0000-0000-0000-000000000000", "braces": "%7B018f%7D",
           "too long": "a" * 300, "a known one with a tail": "{own}0",
           "unknown": "018f0000-0000-7000-8000-00000000dead", "a quote": "%27%20or%201=1--", "dots": "%2e%2e"}


@pytest.mark.parametrize("fault", BAD_IDS)
@pytest.mark.parametrize("operation,name", WITH_ID, ids=identity)
def test_an_id_that_names_nothing_is_404(world, operation, name, fault):
    own = world.asset if name == "assetId" else world.ids[name]
    answer = ask(world, operation, ids={name: BAD_IDS[fault].replace("{own}", own)})
    if answer.status == 200:
        assert answer.json == {"items": [], "nextCursor": None} and operation.id == "listAssets"
    else:
        refused(answer, _for_missing(operation), operation.method)


def _for_missing(operation) -> set[int]:
    """404; a body that is missing too may be said first, without a grant a lecture is not told from none, and of uploads there are none."""
    return {404} | ({400, 415} if operation.body else set()) | {"reportProgress": {403}, "listAssets": {200}}.get(operation.id, set())


@pytest.mark.parametrize("door", ["gateway", "service"])
@pytest.mark.parametrize("kind", BadTokens.KINDS)
@pytest.mark.parametrize("operation", SIGNED_IN, ids=identity)
def test_a_bad_token_is_401(world, bad_tokens, operation, kind, door):
    base = None if door == "gateway" else Client(world.stack["services"][operation.service]["url"])
    refused(ask(world, operation, token=bad_tokens[world.owner(operation.service)].token(kind), base=base), {401}, operation.method)


def test_a_token_that_is_made_as_ours_is_taken(world, bad_tokens):
    """Otherwise the tests of bad tokens would prove nothing."""
    world.client.ask("GET", "/v1/me", 200, token=bad_tokens[world.student].well_made)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.access == "anyone"], ids=identity)
def test_where_all_are_let_in_a_bad_token_is_not_looked_at(world, bad_tokens, operation):
    answer = ask(world, operation, token=bad_tokens[world.student].token("expired"))
    assert answer.status < 500 and answer.status != 401, answer.body[:300]


WITH_IF_MATCH = [one for one in OPERATIONS if "If-Match" in one.names("header")]
CHANGES = {"editMe": b'{"displayName":"Nobody"}', "editDraft": b'{"title":"T"}', "addSection": b'{"title":"T"}', "editSection": b'{"title":"T"}',
           "addLecture": b'{"kind":"article","title":"T","article":"x"}', "editLecture": b'{"title":"T"}'}


@pytest.mark.parametrize("operation", WITH_IF_MATCH, ids=identity)
def test_an_edit_without_if_match_is_428(world, operation):
    refused(ask(world, operation, data=CHANGES.get(operation.id), drop=("If-Match",)), {428})


@pytest.mark.parametrize("value,expected", [('"0"', {412}), ('W/"1"', {412}), ("nonsense", {400, 412}), ('"' + "x" * 300 + '"', {400, 412})])
@pytest.mark.parametrize("operation", WITH_IF_MATCH, ids=identity)
def test_an_edit_of_another_revision_is_412(world, operation, value, expected):
    refused(ask(world, operation, data=CHANGES.get(operation.id), headers={"If-Match": value}), expected)


def _bad_queries() -> list:
    found = []
    for operation in OPERATIONS:
        for parameter in (one for one in operation.parameters if one["in"] == "query"):
            schema, name = CONTRACT.resolved(parameter["schema"]), parameter["name"]
            values = {"integer": ["abc", "-1", "1.5", "99999999999999999999"]}.get(schema.get("type"), [])
            values += [str(schema["maximum"] + 1)] if "maximum" in schema else []
            values += ["nothing-of-these"] if "enum" in schema else []
            values += ["x" * (schema["maxLength"] + 1)] if "maxLength" in schema and name != "cursor" else []
            values += ["ENGLISH", "E1"] if "pattern" in schema else []
            found += [(operation, f"{name}={value}", 422) for value in values]
            found.append((operation, f"{name}=%ff", 400))
            found += [(operation, f"cursor={value}", 400) for value in ("garbage", "%00", "AAAA") if name == "cursor"]
            found.append((operation, f"{name}=1&{name}=2", 422))
    return found


@pytest.mark.parametrize("operation,query,status", _bad_queries(), ids=lambda value: identity(value)[:40])
def test_a_parameter_that_is_wrong_is_422_and_one_that_cannot_be_read_is_400(world, operation, query, status):
    answer = ask(world, operation, query=f"?{query}")
    refused(answer, {status})
    if status == 422:
        assert [error["pointer"] for error in answer.json["errors"]] == ["?" + query.split("=")[0]]


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.method != "OPTIONS"], ids=identity)
def test_a_body_where_none_is_asked_for_does_no_harm(world, operation):
    does_something = ("sendUploadBytes", "publishCourse", "unlistCourse", "removeSection", "removeLecture", "endUpload", "signOut")
    if operation.body or operation.id in does_something:
        # These have a body, or would do what they are asked to.
        answer = ask(world, operation, data=b"\x00" * 2000, who=None)
    else:
        answer = ask(world, operation, data=b"\x00" * 2000)
    assert answer.status < 500, answer.body[:300]
