"""A request as the curl command that sends it, with secrets shortened."""
import re
import shlex

from client import Exchange

LONGEST_BODY = 300


def shortened(text: str) -> str:
    """Tokens with their middle left out: access tokens, and what stands after /s/ in a signed path."""
    text = re.sub(r"(eyJ[\w-]{6})[\w-]+\.[\w-]+\.[\w-]+", r"\1…", text)
    text = re.sub(r"(/s/\d+\.)[^/]+", r"\1…", text)
    return re.sub(r'("(?:token|refreshToken)": ")([\w-]{8})[^"]+', r"\1\2…", text)


def command(exchange: Exchange) -> str:
    words = ["curl", "-s"]
    if exchange.method == "HEAD":
        words.append("--head")
    elif exchange.method != "GET":
        words += ["-X", exchange.method]
    words.append(exchange.url)
    for name, value in exchange.headers.items():
        words += ["-H", f"{name}: {value}"]
    if exchange.content is not None:
        words += ["-d", exchange.content.decode(errors="replace")[:LONGEST_BODY]]
    return shortened(" ".join(word if re.fullmatch(r"[\w./:@-]+", word) else shlex.quote(word) for word in words))
