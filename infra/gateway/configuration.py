"""Envoy's configuration from the template and the table of routes."""
import dataclasses
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

# A second try goes to another instance where there is one.
ELSEWHERE = {"retry_host_predicate": [{"name": "envoy.retry_host_predicates.previous_hosts", "typed_config": {
    "@type": "type.googleapis.com/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate"}}], "host_selection_retry_max_attempts": 3}
# An instance that says that it is not ready, or says nothing twice, gets no new requests; where none is ready all get them, and answer for themselves.
# Less than the time for which an instance goes on answering after SIGTERM (LYCEUM_DRAIN_DELAY).
HEALTH = {"health_checks": [{
    "timeout": "1s", "interval": "1s", "no_traffic_interval": "1s", "unhealthy_threshold": 2, "healthy_threshold": 1,
    "http_health_check": {"path": "/health/ready"},
}], "common_lb_config": {"healthy_panic_threshold": {"value": 1}}}


@dataclasses.dataclass(frozen=True)
class Endpoint:
    """An instance of a service. `health_port` is where it says whether it is ready; without one it counts as ready."""

    host: str
    port: int
    health_port: int | None = None


def render(listen: int, admin: int, upstreams: dict[str, list[Endpoint]], origins: list[str], access_log: str,
           address: str = "127.0.0.1", trace_ratio: float = 1) -> str:
    """The text of envoy.yaml: `upstreams` says where the instances of each service and the static web are, `origins` which sites may call from a browser,
    `trace_ratio` how many of the traces that begin here are kept (0 to 1)."""
    routes = route_table.read()
    template = string.Template((FOLDER / "envoy.yaml.template").read_text())
    users = upstreams["users"][0]
    values = {
        "address": address,
        "listen": listen,
        "admin": admin,
        "folder": FOLDER,
        "access_log": access_log,
        "origins": json.dumps([{"exact": origin} for origin in origins]),
        "routes": _lines(_routes(routes), 22),
        "clusters": _lines([_cluster(name, upstreams[name]) for name in upstreams], 4),
        "problems": _lines([_problem(*problem) for problem in PROBLEMS], 20),
        "trace": json.dumps(f"local kept = {trace_ratio:f}\n" + (FOLDER / "trace.lua").read_text()),
        "refusal": json.dumps(_problem_table() + (FOLDER / "refusal.lua").read_text()),
        "jwks": f"http://{users.host}:{users.port}/.well-known/jwks.json",
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
        {"name": f"any {path}", "match": _match(route), "route": _action(route), "typed_per_filter_config": _rules(route, "anyone")}
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
    # `timeout` means nothing to Envoy beside a limit for the whole stream, which slow bodies need: a service's time is counted by try.
    action = {"cluster": route.service, "max_stream_duration": {"max_stream_duration": "60s"}}
    # What an instance has not had may go to another one; what it may have had, only when a second time does no harm.
    if route.is_safe:
        action["retry_policy"] = {"retry_on": "connect-failure,refused-stream,reset", "num_retries": 1, "per_try_timeout": "7s"} | ELSEWHERE
    else:
        action["retry_policy"] = {"retry_on": "connect-failure,refused-stream", "num_retries": 1, "per_try_timeout": "15s"} | ELSEWHERE
    return action


def _rules(route: PublicRoute, access: str) -> dict:
    token = {"@type": TYPES + "jwt_authn.v3.PerRouteConfig"} | ({"disabled": True} if access == "anyone" else {"requirement_name": access})
    rules = {"envoy.filters.http.jwt_authn": token}
    if route.streamed:
        rules["envoy.filters.http.buffer"] = {"@type": TYPES + "buffer.v3.BufferPerRoute", "disabled": True}
    return rules


def _cluster(name: str, instances: list[Endpoint]) -> dict:
    is_address = all(re.fullmatch(r"[0-9.]+", one.host) for one in instances)
    cluster = {
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
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [_endpoint(one) for one in instances]}]},
    }
    return cluster | (HEALTH if any(one.health_port for one in instances) else {})


def _endpoint(instance: Endpoint) -> dict:
    endpoint = {"address": {"socket_address": {"address": instance.host, "port_value": instance.port}}}
    if instance.health_port:
        endpoint["health_check_config"] = {"port_value": instance.health_port}
    return {"endpoint": endpoint}


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
