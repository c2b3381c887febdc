"""A fake mail server: takes every message and keeps it in a Maildir, where a person or a test reads it. It delivers nothing."""
import urllib.parse

from ..part import Part, Program, port_answers


class FakeMail(Part):
    name = "fake-mail"

    def __init__(self, setting):
        super().__init__(setting)
        self.external = setting.external("SMTP_URL")
        self.port_names = [] if self.external else ["smtp"]

    @property
    def url(self) -> str:
        return self.external or f"smtp://127.0.0.1:{self.ports['smtp']}"

    def programs(self) -> list[Program]:
        if self.external:
            return []
        command = [str(self.layout.venv / "bin/aiosmtpd"), "-n", "-l", f"127.0.0.1:{self.ports['smtp']}",
                   "-c", "aiosmtpd.handlers.Mailbox", str(self.layout.mailbox)]
        return [Program("fake-mail", "stores", command, self.layout.data("fake-mail"))]

    def ready(self) -> str | None:
        server = urllib.parse.urlsplit(self.url)
        return port_answers(server.port or 25, server.hostname or "127.0.0.1")
