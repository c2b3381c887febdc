"""docs/openapi.yaml, read: its operations, and whether an answer is what it promises."""
import copy
import dataclasses
import functools
import json
import pathlib
import re

import jsonschema
import yaml
from client import Answer, Exchange
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = {"get", "head", "post", "put", "patch", "delete", "options"}
BASE = "urn:lyceum:contract"
FORMATS = jsonschema.FormatChecker(["uuid"])


@FORMATS.checks("date-time")
def _is_time(value) -> bool:
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value))


@dataclasses.dataclass(frozen=True)
class Operation:
    method: str
    path: str
    text: dict
    parameters: tuple

    @property
    def id(self) -> str:
        return self.text["operationId"]

    @property
    def service(self) -> str:
        return self.text["tags"][0]

    @property
    def access(self) -> str:
        """anyone, optional or signedIn."""
        security = self.text.get("security")
        return "signedIn" if security is None else "anyone" if security == [] else "optional"

    @property
    def roles(self) -> frozenset[str]:
        """Who may ask, where not everybody who is signed in may."""
        return frozenset(self.text.get("x-roles", []))

    @functools.cached_property
    def pattern(self) -> re.Pattern:
        return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", self.path)))

    def names(self, place: str) -> list[str]:
        """Of its parameters in path, query or header."""
        return [parameter["name"] for parameter in self.parameters if parameter["in"] == place]

    @property
    def body(self) -> dict | None:
        """The schema of its JSON body."""
        return self.text.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")


class Contract:
    def __init__(self, path: pathlib.Path = ROOT / "docs/openapi.yaml"):
        self.text = yaml.safe_load(path.read_text())
        self.registry = Registry().with_resource(BASE, Resource.from_contents(self.text, default_specification=DRAFT202012))
        self.operations = [
            Operation(method.upper(), path, operation, tuple(map(self.resolved, shared.get("parameters", []) + operation.get("parameters", []))))
            for path, shared in self.text["paths"].items() for method, operation in shared.items() if method in METHODS
        ]

    def resolved(self, part: dict) -> dict:
        while "$ref" in part:
            part = self.at(part["$ref"])
        return part

    def at(self, reference: str) -> dict:
        return functools.reduce(lambda part, key: part[key.replace("~1", "/").replace("~0", "~")], reference[2:].split("/"), self.text)

    def expanded(self, schema: dict) -> dict:
        """A body's schema without references and allOf, as generators of bodies like it."""
        schema = copy.deepcopy(self.resolved(schema))
        for part in schema.pop("allOf", []):
            part = self.expanded(part)
            schema["properties"] = schema.get("properties", {}) | part.pop("properties", {})
            schema["required"] = schema.get("required", []) + part.pop("required", [])
            schema |= part
        if "properties" in schema:
            schema["properties"] = {name: self.expanded(one) for name, one in schema["properties"].items()}
        for key in ("oneOf", "anyOf"):
            if key in schema:
                schema[key] = [self.expanded(one) for one in schema[key]]
        if "items" in schema:
            schema["items"] = self.expanded(schema["items"])
        return schema

    def operation(self, method: str, path: str) -> Operation | None:
        # A path that is written out wins over one with parameters.
        fits = [one for one in self.operations if one.method == method and one.pattern.fullmatch(path)]
        return min(fits, key=lambda one: one.path.count("{"), default=None)

    def faults(self, exchange: Exchange) -> list[str]:
        """In what way an answer is not what the contract promises."""
        operation, answer = self.operation(exchange.method, exchange.path), exchange.answer
        name = f"{exchange.method} {exchange.path} {answer.status}"
        if operation is None:
            return [f"{name}: no such operation"]
        if str(answer.status) not in operation.text["responses"]:
            return [f"{name}: this status is not in the contract: {answer.body[:200]!r}"]
        pointer, response = self.response(operation, str(answer.status))
        return [f"{name}: {fault}" for fault in self._header_faults(response, answer) + self._body_faults(pointer, response, exchange)]

    def _header_faults(self, response: dict, answer: Answer) -> list[str]:
        faults = []
        for name, header in ((name, self.resolved(header)) for name, header in response.get("headers", {}).items()):
            if name not in answer.headers:
                faults += [f"no header {name}"] if header.get("required") else []
            elif "pattern" in header["schema"] and not re.search(header["schema"]["pattern"], answer.headers[name]):
                faults.append(f"{name}: {answer.headers[name]!r} is not {header['schema']['pattern']}")
        return faults

    def response(self, operation: Operation, key: str) -> tuple[str, dict]:
        pointer = "/paths/" + operation.path.replace("~", "~0").replace("/", "~1") + f"/{operation.method.lower()}/responses/{key}"
        response = operation.text["responses"][key]
        while "$ref" in response:
            pointer, response = response["$ref"][1:], self.at(response["$ref"])
        return pointer, response

    def _body_faults(self, pointer: str, response: dict, exchange: Exchange) -> list[str]:
        content, answer = response.get("content", {}), exchange.answer
        if not content or exchange.method == "HEAD":
            is_odd = answer.body and exchange.method != "HEAD" and answer.status < 400
            return [f"a body where there should be none: {answer.body[:200]!r}"] if is_odd else []
        kind = answer.headers.get("content-type", "").split(";")[0]
        if kind not in content:
            return [f"content type {kind!r}, promised {list(content)}"]
        schema = {"$ref": f"{BASE}#{pointer}/content/{kind.replace('/', '~1')}/schema"}
        validator = jsonschema.Draft202012Validator(schema, registry=self.registry, format_checker=FORMATS)
        return [f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in validator.iter_errors(json.loads(answer.body))]
