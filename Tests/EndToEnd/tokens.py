"""Access tokens that are not good: expired, forged, or no tokens at all."""
import base64
import functools
import json
import pathlib
import secrets
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from stack import Stack


def _part(content: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


class BadTokens:
    """Made from a good one, so that only what is named is wrong with each."""

    KINDS = ["expired", "not_yet", "signed_by_another_key", "altered_claims", "without_algorithm", "mac_with_the_public_key", "another_audience",
             "another_issuer", "embedded_key", "unknown_key", "not_a_token", "empty"]

    def __init__(self, stack: Stack, good: str):
        self.good = good
        self.head = jwt.get_unverified_header(good)
        self.claims = jwt.decode(good, options={"verify_signature": False})
        text = json.loads((pathlib.Path(stack["keys"]) / "users-signing.jwk").read_text())
        self.own = jwt.algorithms.ECAlgorithm.from_jwk(text)
        self.public = {name: value for name, value in text.items() if name != "d"}
        self.foreign = ec.generate_private_key(ec.SECP256R1())

    def token(self, kind: str) -> str:
        return getattr(self, f"_{kind}")

    def _signed(self, key=None, head: dict | None = None, **claims) -> str:
        return jwt.encode(self.claims | {"jti": secrets.token_hex(8)} | claims, key or self.own, algorithm="ES256", headers=self.head | (head or {}))

    @property
    def well_made(self) -> str:
        """Signed as the platform signs: taken, which shows that the others are refused for what is wrong with them."""
        return self._signed()

    @property
    def _expired(self) -> str:
        now = int(time.time())
        return self._signed(iat=now - 1300, exp=now - 700, nbf=now - 1300)

    @property
    def _not_yet(self) -> str:
        now = int(time.time())
        return self._signed(iat=now + 3600, nbf=now + 3600, exp=now + 7200)

    @property
    def _signed_by_another_key(self) -> str:
        return self._signed(self.foreign)

    @property
    def _altered_claims(self) -> str:
        head, _, signature = self.good.split(".")
        return f"{head}.{_part(self.claims | {'roles': ['admin'], 'sub': '018f0000-0000-7000-8000-000000000001'})}.{signature}"

    @property
    def _without_algorithm(self) -> str:
        return f"{_part(self.head | {'alg': 'none'})}.{_part(self.claims)}."

    @property
    def _mac_with_the_public_key(self) -> str:
        import hashlib
        import hmac
        text = f"{_part(self.head | {'alg': 'HS256'})}.{_part(self.claims)}"
        mac = hmac.new(json.dumps(self.public).encode(), text.encode(), hashlib.sha256).digest()
        return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    @property
    def _another_audience(self) -> str:
        return self._signed(aud="somewhere-else")

    @property
    def _another_issuer(self) -> str:
        return self._signed(iss="somebody-else")

    @functools.cached_property
    def _embedded_key(self) -> str:
        own = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.foreign.public_key()))
        return self._signed(self.foreign, head={"jwk": own})

    @property
    def _unknown_key(self) -> str:
        return self._signed(self.foreign, head={"kid": "../../etc/passwd"})

    @property
    def _not_a_token(self) -> str:
        return "not.a.token"

    @property
    def _empty(self) -> str:
        return "..."
