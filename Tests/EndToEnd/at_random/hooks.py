"""What schemathesis does not know by itself: bytes of an upload, where an upload is, what examples should name, and which good requests may be
refused for what no schema can say."""
import json
import os
import pathlib
import re
import uuid

import schemathesis

# By operation: where a request that fits its schema may still be wrong (422).
RULES = {
    "register": r"/password|/email",
    "requestVerification": r"/email",
    "verifyEmail": r"/token",
    "createCourse": r"/categoryIds/\d+",
    "editDraft": r"/categoryIds/\d+|",
    "addSection": r"",
    "addLecture": r"",
    "editLecture": r"/article|/url|",
    "publishCourse": r".*",
    "createUpload": r"/Upload-Metadata(/\w+)?",
    "reportProgress": r"/intervals|/completed",
}
# The same for what cannot be read (400): a cursor is opaque, and Upload-Metadata is a language of its own.
UNREADABLE = {"cursor": "The cursor is not one that this list gave out.", "Upload-Metadata": "Upload-Metadata must "}


@schemathesis.serializer("application/offset+octet-stream")
def piece(_, value):
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


@schemathesis.hook
def before_load_schema(_, text: dict) -> None:
    """An upload is named by its Location alone, which a link of OpenAPI cannot take apart; and examples name things that are there."""
    upload = r"$response.header.Location#regex:^/v1/uploads/(.+)$"
    links = text["paths"]["/v1/uploads"]["post"]["responses"]["201"].setdefault("links", {})
    for name, more in {"getUploadOffset": {}, "sendUploadBytes": {"header.Upload-Offset": 0}, "endUpload": {}}.items():
        links[name] = {"operationId": name, "parameters": {"uploadId": upload, "header.Tus-Resumable": "1.0.0"} | more}
    known = json.loads(pathlib.Path(os.environ["LYCEUM_EXAMPLES"]).read_text())
    for item in text["paths"].values():
        shared = item.pop("parameters", [])
        for operation in item.values():
            come_true(text, shared, operation, known["*"] | known.get(operation["operationId"], {}))


def come_true(text: dict, shared: list, operation: dict, known: dict) -> None:
    """Parameters and fields of the body that have one of these names get its value for an example."""
    shelf = text["components"]["parameters"]
    parameters = [shelf[one["$ref"].rsplit("/", 1)[1]] if "$ref" in one else one for one in shared + operation.get("parameters", [])]
    operation["parameters"] = [one | {"example": known[one["name"]]} if one["name"] in known else one for one in parameters]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if body:
        body["example"] = {name: known.get(name, value) for name, value in body["example"].items()}


@schemathesis.hook
def before_call(_, case, kwargs: dict) -> None:
    """A good request has a key of its own: one that was sent with another request is refused."""
    if "Idempotency-Key" in (case.headers or {}) and case.meta is not None and case.meta.generation.mode.is_positive:
        case.headers["Idempotency-Key"] = f'"{uuid.uuid4()}"'


@schemathesis.check
def good_request_is_taken(ctx, response, case) -> None:
    """A request that fits its schema is refused only for a rule that the contract tells in words."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code not in (400, 422):
        return
    problem = json.loads(response.content)
    if response.status_code == 400:
        sent = {*(case.query or {}), *(case.headers or {})}
        fine = any(name in sent and problem.get("detail", "").startswith(detail) for name, detail in UNREADABLE.items())
    else:
        rule = RULES.get(case.operation.definition.raw["operationId"])
        fine = rule is not None and all(re.fullmatch(rule, error["pointer"]) for error in problem["errors"])
    assert fine, f"a request that fits the contract is refused: {response.content.decode()}"
