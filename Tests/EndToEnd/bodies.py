"""Bad bodies, made from the schema of a good one."""
import json
import re

DEEP = 100_000
LIMIT = 1024 * 1024


def good(schema: dict, name: str = ""):
    """A small value that fits a schema."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "oneOf" in schema:
        return good(schema["oneOf"][0], name)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: good(one, key) for key, one in schema.get("properties", {}).items() if key in schema.get("required", [])}
    if kind == "array":
        return [good(schema["items"], name)] * schema.get("minItems", 0)
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    if kind == "boolean":
        return True
    return _text(schema, name)


def _text(schema: dict, name: str) -> str:
    known = {"email": "nobody@example.org", "language": "en", "locale": "en", "url": "https://example.org/", "currency": "EUR",
             "password": "seven quiet rabbits"}
    if schema.get("format") == "uuid":
        return "018f0000-0000-7000-8000-000000000001"
    return known.get(name, "x" * max(schema.get("minLength", 1), 1))


def bad_values(schema: dict, required: bool) -> dict[str, object]:
    """Values that a property must not have, by what is wrong with each. Null counts as not sent, which an optional one may be."""
    options = schema.get("oneOf", [schema])
    kinds = {kind for one in options for kind in (one["type"] if isinstance(one.get("type"), list) else [one.get("type")])}
    values = {"as an object": {"a": 1}, "as an array": [[]], "as a boolean": True, "as a number": 12.5, "as a text": "\u2603 no"}
    taken = {"object": "as an object", "array": "as an array", "boolean": "as a boolean", "string": "as a text", "number": "as a number"}
    for kind in kinds & set(taken):
        values.pop(taken[kind])
    if schema.get("const") is True:
        values.pop("as a boolean", None)
    if required and "null" not in kinds:
        values["as null"] = None
    for one in options:
        values |= _beyond(one)
    return values


def _beyond(schema: dict) -> dict[str, object]:
    values = {}
    if "maxLength" in schema:
        values["too long"] = "x" * (schema["maxLength"] + 1)
    if schema.get("minLength", 0) > 0:
        values["too short"] = "x" * (schema["minLength"] - 1)
    if "maximum" in schema:
        values |= {"too large": schema["maximum"] + 1, "far too large": 10**30}
    if "minimum" in schema:
        values["too small"] = schema["minimum"] - 1
    if "enum" in schema:
        values["not in the list"] = "none of these"
    if schema.get("format") == "uuid":
        values["not an id"] = "not-an-id"
    if "pattern" in schema:
        # The second turns the direction of a text: nothing for a name that takes the first.
        values["against the pattern"] = next(text for text in ("!!", "a\u202eb") if not re.search(schema["pattern"], text))
    if "maxItems" in schema:
        values["too many"] = [good(schema["items"])] * (schema["maxItems"] + 1)
    if "string" in (schema["type"] if isinstance(schema.get("type"), list) else [schema.get("type")]):
        values["with a NUL"] = "a\u0000b"
    return values


def unreadable() -> dict[str, bytes]:
    """No JSON text as RFC 8259 has it."""
    return {
        "nothing": b"", "half an object": b'{"a":', "a trailing comma": b'{"a":1,}', "two texts": b"{} {}", "not UTF-8": b'{"a":"\xff\xfe"}',
        "a lone surrogate": b'{"a":"\\ud800"}', "a name twice": b'{"a":1,"a":2}', "a raw line end": b'{"a":"\n"}', "NaN": b'{"a":NaN}',
        "single quotes": b"{'a':1}", "too deep": b"[" * DEEP, "a byte order mark": b"\xef\xbb\xbf{}", "a bare word": b"hello",
    }


def wrong(schema: dict) -> dict[str, tuple[bytes, str | None]]:
    """JSON that is not what the schema asks for: bytes, and the field that the answer must name (None: the whole)."""
    base = good(schema)
    cases = {f"the body {name}": (json.dumps(value).encode(), None)
             for name, value in {"as an array": [], "as a text": "x", "as null": None, "as a number": 1}.items()}
    cases["an unknown field"] = (json.dumps(base | {"isAdmin": True}).encode(), "/isAdmin")
    for name in schema.get("required", []):
        cases[f"without {name}"] = (json.dumps({key: value for key, value in base.items() if key != name}).encode(), f"/{name}")
    for name, one in schema.get("properties", {}).items():
        for fault, value in bad_values(one, name in schema.get("required", [])).items():
            # What RFC 8259 allows and the parser refuses (a NUL in a text) may be said of the body as a whole.
            pointer = None if fault == "with a NUL" else f"/{name}"
            cases[f"{name} {fault}"] = (json.dumps(base | {name: value}).encode(), pointer)
    return cases
