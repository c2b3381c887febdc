"""Mail as the fake mail server keeps it."""
import email
import email.message
import email.policy
import pathlib
import re

from client import StoryFailed
from waiting import until


class Maildir:
    def __init__(self, folder: str | pathlib.Path):
        self.folder = pathlib.Path(folder)

    def to(self, address: str) -> list[email.message.EmailMessage]:
        """All mail to an address, oldest first. What one run does not look for may be there from another."""
        found = []
        for path in self._files():
            try:
                text = path.read_bytes()
            except FileNotFoundError:
                continue
            message = email.message_from_bytes(text, policy=email.policy.default)
            if address in (message["x-rcptto"] or "") + (message["to"] or ""):
                found.append(message)
        return found

    def _files(self) -> list[pathlib.Path]:
        files = [path for part in ("new", "cur") for path in (self.folder / part).glob("*")]
        return sorted(files, key=lambda path: path.name)

    def wait(self, address: str, containing: str, seconds: float = 20) -> str:
        """The text of the first mail to an address that has these words in its subject or its text."""
        return until(f"a mail to {address} that says {containing!r}", lambda: self._first(address, containing), seconds)

    def _first(self, address: str, containing: str) -> str | None:
        return next((text for text in map(self.text, self.to(address)) if containing in text), None)

    @staticmethod
    def text(message: email.message.EmailMessage) -> str:
        body = message.get_body(preferencelist=("plain",))
        return f"{message['subject']}\n\n{body.get_content() if body else ''}"


def token_in(text: str) -> str:
    """The token of the link in a confirmation mail."""
    link = re.search(r"[?&]token=([\w.~-]+)", text)
    if not link:
        raise StoryFailed(f"the mail has no link with a token:\n{text}")
    return link[1]
