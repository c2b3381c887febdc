"""What every refusal looks like (RFC 9457)."""
import re

SECRETS = re.compile(rb"swift|fatal|stack trace|postgres(?!ql is)|mongo[a-z]*:|\.swift|select .* from|sqlstate", re.IGNORECASE)


def refused(answer, statuses: set[int], method: str = "GET") -> None:
    """One of these statuses, as a problem document that says nothing of the insides."""
    assert answer.status in statuses, f"{answer.status} and not {sorted(statuses)}: {answer.body[:600]!r}"
    if method == "HEAD":
        assert answer.body == b""
        return
    assert answer.headers["content-type"] == "application/problem+json", f"{answer.headers['content-type']}: {answer.body[:300]!r}"
    problem = answer.json
    assert re.fullmatch(r"https://lyceum\.example/problems/[a-z0-9-]+", problem["type"]), problem
    assert problem["status"] == answer.status and problem["title"], problem
    assert not SECRETS.search(answer.body), f"tells of the insides: {answer.body[:600]!r}"
    if answer.status == 401:
        assert answer.headers.get("www-authenticate", "").startswith("Bearer"), "401 without WWW-Authenticate"
    if answer.status in (429, 503):
        assert answer.headers.get("retry-after"), f"{answer.status} without Retry-After"
