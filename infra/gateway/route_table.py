"""The table of public routes (routes.yaml), read and checked."""
import dataclasses
import pathlib
import re

import yaml

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
ACCESS = {"anyone", "optional", "signedIn"}


@dataclasses.dataclass(frozen=True)
class PublicRoute:
    service: str
    method: str
    path: str
    access: str
    streamed: bool

    @property
    def is_safe(self) -> bool:
        return self.method in {"GET", "HEAD", "OPTIONS"}

    @property
    def pattern(self) -> str:
        """The path as a regular expression: a parameter is one segment of letters, digits, - and _, so there is one way to write each path."""
        return "".join("[A-Za-z0-9_-]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]*\})", self.path))


def read(path: pathlib.Path = pathlib.Path(__file__).parent / "routes.yaml") -> list[PublicRoute]:
    routes = []
    for service, lines in yaml.safe_load(path.read_text()).items():
        for line in lines:
            route = PublicRoute(service, line["method"], line["path"], line["access"], line.get("body") == "streamed")
            if route.method not in METHODS or route.access not in ACCESS or not route.path.startswith("/"):
                raise ValueError(f"{path.name}: {line}")
            routes.append(route)
    repeated = {(route.method, route.path) for route in routes if [(r.method, r.path) for r in routes].count((route.method, route.path)) > 1}
    if repeated:
        raise ValueError(f"{path.name}: more than once: {sorted(repeated)}")
    return routes
