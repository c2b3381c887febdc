"""The running program, the contract and the gateway name the same routes with the same access."""
import json
import os
import pathlib
import re
import subprocess
import sys

import requests
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "infra"))

from gateway import route_table  # noqa: E402

STACK = json.loads(pathlib.Path(os.environ["LYCEUM_TEST_STACK"]).read_text())
POLICIES = {"anyone": "anyone", "optionalUser": "optional"}


def without_names(routes):
    """A parameter's name is free: {asset} here may be {assetId} there."""
    return {(service, method, re.sub(r"\{[^}]*\}", "{}", path), access) for service, method, path, access in routes}


def program_routes():
    listed = subprocess.run([STACK["bin"] + "/lyceum", "routes"], capture_output=True, text=True, check=True).stdout
    # The edge's signed paths have their own door and do not go through the gateway.
    return without_names(
        (route["service"], route["method"], route["path"], POLICIES.get(route["policy"], "signedIn"))
        for route in json.loads(listed) if not route["internal"] and route["policy"] != "signedPath")


def table_routes():
    return without_names((route.service, route.method, route.path, route.access) for route in route_table.read())


def contract_routes():
    found = set()
    for path, operations in yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())["paths"].items():
        for method, operation in operations.items():
            if method.upper() in route_table.METHODS:
                security = operation.get("security")
                found.add((operation["tags"][0], method.upper(), path, "signedIn" if security is None else "optional" if security else "anyone"))
    return without_names(found)


def envoy_routes():
    """Names that the running Envoy gave its routes, from its admin port: "GET /v1/courses"."""
    dump = requests.get(STACK["envoyAdmin"] + "/config_dump?resource=static_listeners", timeout=10).text
    methods = "|".join(route_table.METHODS)
    return {(method, re.sub(r"\{[^}]*\}", "{}", path)) for method, path in re.findall(rf'"name": "({methods}) (/[^"]*)"', dump)}


def test_the_program_serves_what_the_contract_says():
    assert program_routes() == contract_routes()


def test_the_gateway_routes_what_the_contract_says():
    assert table_routes() == contract_routes()
    assert envoy_routes() == {(method, path) for _, method, path, _ in contract_routes()}
