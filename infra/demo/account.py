"""A person with an account: registers, confirms the address with the mail, signs in."""
import secrets

from client import Client
from maildir import Maildir, token_in


class Account:
    def __init__(self, client: Client, mail: Maildir, name: str, teaches: bool = False):
        self.client = client
        self.mail = mail
        self.name = name
        self.teaches = teaches
        self.email = f"{name.split()[0].lower()}.{secrets.token_hex(5)}@example.org"
        self.password = f"{secrets.token_hex(4)} {secrets.token_hex(4)} words"
        self.id = ""
        self.token = ""
        self.refresh_token = ""

    def register(self) -> None:
        body = {"email": self.email, "password": self.password, "displayName": self.name, "locale": "en"} | ({"teach": True} if self.teaches else {})
        self.client.ask("POST", "/v1/users", 202, body=body)

    def confirm(self) -> None:
        token = token_in(self.mail.wait(self.email, "token="))
        self.client.ask("POST", "/v1/users/verifications", 204, body={"token": token})

    def sign_in(self, quiet: bool = False) -> None:
        session = self.client.ask("POST", "/v1/sessions", 201, body={"email": self.email, "password": self.password}, quiet=quiet).json
        self.id, self.token, self.refresh_token = session["user"]["id"], session["accessToken"], session["refreshToken"]

    def open(self) -> "Account":
        """All of it."""
        self.register()
        self.confirm()
        self.sign_in()
        return self

    def ask(self, method: str, path: str, expect=200, **rest):
        return self.client.ask(method, path, expect, token=self.token, **rest)
