"""agreement.py: docs/openapi.yaml is whole, and the gateway's table is its routes. Prints what is wrong, a line each; exit status 1 when anything is.

That the running program and the running Envoy serve these routes is for the end-to-end tests (test_contract.py).
"""
import pathlib
import re
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / folder) for folder in ("infra", "infra/demo", "Tests/EndToEnd")]

from contract import Contract  # noqa: E402
from gateway import route_table  # noqa: E402


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


def broken_schemas(contract: Contract):
    for name, schema in contract.text["components"]["schemas"].items():
        try:
            jsonschema.Draft202012Validator.check_schema(schema)
        except jsonschema.SchemaError as error:
            yield f"schema {name}: {error.message}"


def broken_operations(contract: Contract):
    """Each has a name of its own, and its path's parameters are what it says they are."""
    names = [operation.id for operation in contract.operations]
    yield from (f"{name}: more than one operation" for name in sorted({name for name in names if names.count(name) > 1}))
    for operation in contract.operations:
        if set(re.findall(r"\{(\w+)\}", operation.path)) != set(operation.names("path")):
            yield f"{operation.id}: {operation.path} has not the parameters {operation.names('path')}"


def differences(contract: Contract):
    promised = {(one.service, one.method, one.path, one.access) for one in contract.operations}
    routed = {(one.service, one.method, one.path, one.access) for one in route_table.read()}
    yield from (f"{' '.join(route)}: in the contract alone" for route in sorted(promised - routed))
    yield from (f"{' '.join(route)}: in the gateway's table alone" for route in sorted(routed - promised))


def main() -> int:
    contract = Contract()
    # What leads nowhere breaks what reads it, so it is said alone.
    problems = list(broken_references(contract, contract.text))
    problems = problems or [*broken_schemas(contract), *broken_operations(contract), *differences(contract)]
    print("\n".join(problems), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
