"""agreement.py: docs/openapi.yaml is whole and strict, and the gateway's table is its routes. Prints what is wrong, a line each; exit status 1 when anything is.

That the running program and the running Envoy serve these routes is for the end-to-end tests (test_contract.py).
"""
import pathlib
import re
import sys

import jsonschema
from openapi_spec_validator import OpenAPIV31SpecValidator

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("infra", "infra/demo", "Tests/EndToEnd", "infra/test")]

from contract import Contract  # noqa: E402
from examples import wrong_examples, wrong_parameter_examples  # noqa: E402
from gateway import route_table  # noqa: E402

# Problems that no public operation has: of any path, of the routes for workers, of the edge.
ELSEWHERE = {"method-not-allowed", "lease-lost", "range-not-satisfiable"}
PROBLEM = re.compile(r"https://lyceum\.example/problems/([a-z-]+)")


def broken_references(contract: Contract, part, place: str = "#"):
    """References that lead nowhere."""
    if isinstance(part, dict):
        if isinstance(reference := part.get("$ref"), str):
            try:
                contract.at(reference)
            except (KeyError, TypeError):
                yield f"{place}: {reference} leads nowhere"
        for name, value in part.items():
            yield from broken_references(contract, value, f"{place}/{name}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from broken_references(contract, value, f"{place}/{number}")


def against_openapi(contract: Contract):
    """What OpenAPI itself says is wrong."""
    for error in OpenAPIV31SpecValidator(contract.text).iter_errors():
        yield f"#/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"


def broken_schemas(contract: Contract):
    for name, schema in contract.text["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield f"schema {name}: {error.message}"


def loose_objects(part, place: str = "#"):
    """Objects that let through what they do not name: a schema like that would hold no answer to anything."""
    if isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part and part.get("additionalProperties") is not False and not place.endswith("/allOf/1"):
            yield f"{place}: additionalProperties is not false"
        for name, value in part.items():
            if name != "example":
                yield from loose_objects(value, f"{place}/{name}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from loose_objects(value, f"{place}/{number}")


def broken_operations(contract: Contract):
    """Each has a name of its own, its path's parameters are what it says they are, and its links lead to operations."""
    names = [operation.id for operation in contract.operations]
    yield from (f"{name}: more than one operation" for name in sorted({name for name in names if names.count(name) > 1}))
    for operation in contract.operations:
        if set(re.findall(r"\{(\w+)\}", operation.path)) != set(operation.names("path")):
            yield f"{operation.id}: {operation.path} has not the parameters {operation.names('path')}"
        for status in operation.text["responses"]:
            for name, link in contract.response(operation, status)[1].get("links", {}).items():
                if link["operationId"] not in names:
                    yield f"{operation.id} {status}: the link {name} leads to {link['operationId']}"


def problems(contract: Contract):
    """Each type of problem in the contract has its page, and each page is of one in the contract."""
    types = set(PROBLEM.findall((ROOT / "docs/openapi.yaml").read_text()))
    pages = {path.stem for path in (ROOT / "docs/problems").glob("*.md")} - {"README"}
    yield from (f"problem {name}: has no page in docs/problems" for name in sorted(types - pages))
    yield from (f"problem {name}: no operation has it" for name in sorted(pages - types - ELSEWHERE))


def differences(contract: Contract):
    promised = {(one.service, one.method, one.path, one.access) for one in contract.operations}
    routed = {(one.service, one.method, one.path, one.access) for one in route_table.read()}
    yield from (f"{' '.join(route)}: in the contract alone" for route in sorted(promised - routed))
    yield from (f"{' '.join(route)}: in the gateway's table alone" for route in sorted(routed - promised))


def main() -> int:
    contract = Contract()
    # What leads nowhere breaks what reads it, so it is said alone.
    wrong = list(broken_references(contract, contract.text)) or [
        *against_openapi(contract), *broken_schemas(contract), *loose_objects(contract.text), *broken_operations(contract),
        *wrong_examples(contract), *wrong_parameter_examples(contract), *problems(contract), *differences(contract)]
    print("\n".join(wrong), end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
