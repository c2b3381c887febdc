"""What one part of the stack is: configuration to write, programs to run, and how to know that it is up."""
import base64
import dataclasses
import http.client
import os
import pathlib
import pwd
import socket
import string
import urllib.error
import urllib.parse
import urllib.request

from .layout import Layout
from .passwords import Passwords
from .ports import Ports


@dataclasses.dataclass
class Program:
    """One process under the supervisor."""

    name: str
    group: str
    """stores, services or doors: started in this order, stopped in the reverse, all of a group at once."""
    command: list[str]
    directory: pathlib.Path
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    user: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 15


@dataclasses.dataclass
class Setting:
    """What every part is given."""

    layout: Layout
    ports: Ports
    passwords: Passwords

    def external(self, variable: str) -> str | None:
        """The URL of a server that is already there, if the caller's environment names one."""
        return os.environ.get(variable) or None


class Part:
    """A server, or a few that belong together. Sub-classes say what differs."""

    name = ""
    port_names: list[str] = []
    """The ports that must be free before this part starts."""

    def __init__(self, setting: Setting):
        self.setting = setting
        self.layout = setting.layout
        self.ports = setting.ports
        self.passwords = setting.passwords

    def prepare(self) -> None:
        """Writes what the programs read."""

    def programs(self) -> list[Program]:
        return []

    def ready(self) -> str | None:
        """One try: None when the part serves, otherwise what is missing."""
        return None

    def settle(self) -> None:
        """Once ready: accounts, databases, a replica set."""

    def template(self, name: str, **values: object) -> str:
        path = pathlib.Path(__file__).parent / "templates" / name
        return string.Template(path.read_text()).substitute({key: str(value) for key, value in values.items()})


def unprivileged(user: str) -> str | None:
    """The user for a server that refuses root: None where we are not root anyway."""
    if os.getuid() != 0:
        return None
    try:
        pwd.getpwnam(user)
    except KeyError:
        raise SystemExit(f"there is no user {user}: run `make setup`") from None
    return user


def http_answers(url: str, accepted: range = range(200, 300)) -> str | None:
    """None when a GET is answered with an accepted status, otherwise why not. The URL's name and password go into a header, and into no message."""
    request = _request(url)
    bare = request.full_url
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return None if answer.status in accepted else f"{bare} answers {answer.status}"
    except urllib.error.HTTPError as error:
        return None if error.code in accepted else f"{bare} answers {error.code}: {error.read(300).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return f"{bare}: {getattr(error, 'reason', error)}"


def _request(url: str) -> urllib.request.Request:
    parts = urllib.parse.urlsplit(url)
    user, at, place = parts.netloc.rpartition("@")
    request = urllib.request.Request(urllib.parse.urlunsplit(parts._replace(netloc=place)))
    if at:
        # Not as add_header: it would go along with a redirection to somebody else.
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(urllib.parse.unquote_to_bytes(user)).decode())
    return request


def port_answers(port: int, host: str = "127.0.0.1") -> str | None:
    try:
        socket.create_connection((host, port), timeout=2).close()
        return None
    except OSError as error:
        return f"{host}:{port}: {error}"
