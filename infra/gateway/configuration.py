"""Envoy's configuration from the template and the table of routes."""
import json
import pathlib
import re
import string

from . import route_table
from .route_table import PublicRoute

FOLDER = pathlib.Path(__file__).parent
TYPES = "type.googleapis.com/envoy.extensions.filters.http."
PROBLEMS = [
    # statuses that Envoy may answer with, the problem that they become
    ([400, 426, 505], "malformed-request", "The request is malformed", 400),
    ([401, 403], "unauthorized", "You are not signed in", 401),
    ([404], "not-found", "There is no such thing here", 404),
    ([408], "request-timeout", "The request took too long to arrive", 408),
    ([413], "content-too-large", "The body is too large", 413),
    ([414, 431], "request-head-too-large", "The head of the request is too large", 431),
    ([429], "too-many-requests", "Too many requests", 429),
    ([502, 503, 504], "unavailable", "Not available at the moment", 503),
]


def render(listen: int, admin: int, upstreams: dict[str, tuple[str, int]], origins: list[str], access_log: str,
           address: str = "127.0.0.1") -> str:
    """The text of envoy.yaml: `upstreams` says where each service and the static web is, `origins` which sites may call from a browser."""
    routes = route_table.read()
    template = string.Template((FOLDER / "envoy.yaml.template").read_text())
    users = upstreams["users"]
    values = {
        "address": address,
        "listen": listen,
        "admin": admin,
        "folder": FOLDER,
        "access_log": access_log,
        "origins": json.dumps([{"exact": origin} for origin in origins]),
        "routes": _lines(_routes(routes), 22),
        "clusters": _lines([_cluster(name, *upstreams[name]) for name in upstreams], 4),
        "problems": _lines([_problem(*problem) for problem in PROBLEMS], 20),
        "refusal": json.dumps(_problem_table() + (FOLDER / "refusal.lua").read_text()),
        "jwks": f"http://{users[0]}:{users[1]}/.well-known/jwks.json",
    }
    return template.substitute(values)


def _lines(items: list[dict], indent: int) -> str:
    """YAML list items, one a line."""
    return "\n".join(" " * indent + "- " + json.dumps(item) for item in items).lstrip()


def _routes(routes: list[PublicRoute]) -> list[dict]:
    """First each method of each path with its own rules; then the path alone: its service answers 405."""
    exact = [_route(route) for route in routes]
    paths = {route.path: route for route in routes}
    return exact + [
        {"name": f"any {path}", "match": _match(route), "route": _action(route) | {"timeout": "15s"}, "typed_per_filter_config": _rules(route, "anyone")}
        for path, route in paths.items()
    ]


def _route(route: PublicRoute) -> dict:
    match = _match(route) | {"headers": [{"name": ":method", "string_match": {"exact": route.method}}]}
    return {
        "name": f"{route.method} {route.path}",
        "match": match,
        "route": _action(route),
        "typed_per_filter_config": _rules(route, route.access),
    }


def _match(route: PublicRoute) -> dict:
    if "{" in route.path:
        return {"safe_regex": {"regex": route.pattern}}
    return {"path": route.path}


def _action(route: PublicRoute) -> dict:
    if route.streamed:
        return {"cluster": route.service, "timeout": "0s", "idle_timeout": "60s", "max_stream_duration": {"max_stream_duration": "0s"}}
    action = {"cluster": route.service, "timeout": "15s", "max_stream_duration": {"max_stream_duration": "60s"}}
    if route.is_safe:
        action["retry_policy"] = {"retry_on": "connect-failure,refused-stream,reset", "num_retries": 2, "per_try_timeout": "7s"}
    return action


def _rules(route: PublicRoute, access: str) -> dict:
    token = {"@type": TYPES + "jwt_authn.v3.PerRouteConfig"} | ({"disabled": True} if access == "anyone" else {"requirement_name": access})
    rules = {"envoy.filters.http.jwt_authn": token}
    if route.streamed:
        rules["envoy.filters.http.buffer"] = {"@type": TYPES + "buffer.v3.BufferPerRoute", "disabled": True}
    return rules


def _cluster(name: str, host: str, port: int) -> dict:
    is_address = re.fullmatch(r"[0-9.]+", host) is not None
    endpoint = {"endpoint": {"address": {"socket_address": {"address": host, "port_value": port}}}}
    return {
        "name": name,
        "type": "STATIC" if is_address else "STRICT_DNS",
        "connect_timeout": "1s",
        "lb_policy": "LEAST_REQUEST",
        "per_connection_buffer_limit_bytes": 65536,
        "circuit_breakers": {"thresholds": [{
            "max_connections": 512, "max_pending_requests": 512, "max_requests": 1024,
            "retry_budget": {"budget_percent": {"value": 20}, "min_retry_concurrency": 3},
        }]},
        # What the network says counts (refused, reset, timed out); a 503 of a service that sheds load is an answer, and must not close its other routes.
        "outlier_detection": {
            "split_external_local_origin_errors": True, "consecutive_local_origin_failure": 5, "enforcing_consecutive_5xx": 0,
            "enforcing_consecutive_gateway_failure": 0, "enforcing_success_rate": 0, "enforcing_local_origin_success_rate": 0,
            "interval": "2s", "base_ejection_time": "5s", "max_ejection_percent": 50,
        },
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
            "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
            "common_http_protocol_options": {"idle_timeout": "20s"},
            "explicit_http_config": {"http_protocol_options": {}},
        }},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [endpoint]}]},
    }


def _problem_table() -> str:
    """PROBLEMS for refusal.lua: by each status, the one it becomes and the text of the problem, open at its end."""
    rows = [(code, status, json.dumps(_text(slug, title, status))[:-1]) for codes, slug, title, status in PROBLEMS for code in codes]
    return "local problems = {" + ", ".join(f"[{code}] = {{ status = {status}, text = [=[{text}]=] }}" for code, status, text in rows) + "}\n"


def _text(slug: str, title: str, status: int) -> dict:
    return {"type": f"https://lyceum.example/problems/{slug}", "title": title, "status": status}


def _problem(statuses: list[int], slug: str, title: str, status: int) -> dict:
    equals = [{"status_code_filter": {"comparison": {"op": "EQ", "value": {"default_value": code, "runtime_key": f"gateway.status.{code}"}}}} for code in statuses]
    body = _text(slug, title, status) | {"traceId": "%DYNAMIC_METADATA(lyceum:traceId)%"}
    mapper = {
        "filter": equals[0] if len(equals) == 1 else {"or_filter": {"filters": equals}},
        "status_code": status,
        # What is refused before a trace has begun has no traceId.
        "body_format_override": {"json_format": body, "content_type": "application/problem+json", "omit_empty_values": True},
    }
    if status in (429, 503):
        mapper["headers_to_add"] = [{"header": {"key": "retry-after", "value": "1"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}]
    return mapper
