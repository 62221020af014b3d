"""Sign-on through an agency's OpenID Connect provider: code flow with PKCE, state and nonce. It says who somebody is, to be
found among the desk's accounts; what they may do is the desk's alone, and no role is read off a token."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
import urllib.request
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from signon import LOOPBACK, Agency

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")
"""signatures by a key pair; never "none", never a shared secret"""
TIMEOUT, MOST_BYTES = 5.0, 256 * 1024
FRESH, AGAIN = 3600.0, 30.0
"""seconds for which discovery and keys hold; least seconds between two looks for a key that is not among them"""
SKEW = 60
"""seconds by which clocks may differ"""
OLDEST = 600
"""seconds since a token was issued"""


class Refused(Exception):
    """The sign-on failed; the text is for the log."""


@dataclass(frozen=True, slots=True)
class Start:
    """What is kept between the way out and the way back; `address`: where the browser goes."""

    state: str
    nonce: str
    verifier: str
    address: str


class _Still(urllib.request.HTTPRedirectHandler):
    """No redirect is followed."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Provider:
    """One agency's provider; safe for threads. Discovery and keys are fetched when first needed."""

    def __init__(self, agency: Agency, back: str) -> None:
        self._agency, self._back = agency, back
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Still())
        self._lock = threading.Lock()
        self._discovered: tuple[float, Mapping[str, Any]] | None = None
        self._keys: tuple[float, KeySet] | None = None

    def start(self) -> Start:
        """Raises Refused where the provider cannot be reached."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code", "client_id": self._agency.client_id, "redirect_uri": self._back, "scope": self._agency.scope,
            "state": state, "nonce": nonce, "code_challenge": challenge, "code_challenge_method": "S256",
        }  # fmt: skip
        endpoint = self._endpoint("authorization_endpoint")
        return Start(state, nonce, verifier, f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}")

    def claims(self, code: str, nonce: str, verifier: str, now: datetime) -> Mapping[str, Any]:
        """What the provider says of who came back with `code`. Raises Refused."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back, "code_verifier": verifier}
        headers, secret = {}, self._agency.client_secret
        if secret:
            pair = f"{quote(self._agency.client_id, safe='')}:{quote(secret.get_secret_value(), safe='')}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form["client_id"] = self._agency.client_id
        answer = self._fetch(self._endpoint("token_endpoint"), urlencode(form).encode(), headers)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise Refused("no id_token")
        return self._checked(token, nonce, now)

    def _checked(self, token: str, nonce: str, now: datetime) -> Mapping[str, Any]:
        client, issuer = self._agency.client_id, self._agency.issuer
        said = self._decoded(token)
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()), leeway=SKEW, iss={"essential": True, "value": issuer}, aud={"essential": True, "value": client},
            exp={"essential": True}, iat={"essential": True}, sub={"essential": True}, nonce={"essential": True, "value": nonce},
        )  # fmt: skip
        try:
            registry.validate(dict(said))
        except (JoseError, ValueError, TypeError) as error:
            raise Refused(f"claims: {error}") from error
        several = isinstance(said["aud"], list) and len(said["aud"]) > 1
        if said.get("azp", client if not several else None) != client:
            raise Refused("azp: another client's token")
        if now.timestamp() - said["iat"] > OLDEST:
            raise Refused("iat: too old")
        return said

    def _decoded(self, token: str) -> Mapping[str, Any]:
        """With the keys that are known, and once more with those of now where they have been changed."""
        keys, at = self._keyset()
        try:
            return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError) as error:
            if time.monotonic() - at < AGAIN:
                raise Refused(f"token: {error}") from error
        keys, _ = self._keyset(fresh=True)
        try:
            return jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError) as error:
            raise Refused(f"token: {error}") from error

    def _keyset(self, fresh: bool = False) -> tuple[KeySet, float]:
        with self._lock:
            kept, now = self._keys, time.monotonic()
        if kept is None or fresh or now - kept[0] > FRESH:
            found = self._fetch(self._endpoint("jwks_uri"))
            try:
                keys = KeySet.import_key_set({"keys": [one for one in found["keys"] if one.get("kty") != "oct"]})
            except (JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
                raise Refused(f"keys: {error}") from error
            kept = (now, keys)
            with self._lock:
                self._keys = kept
        return kept[1], kept[0]

    def _endpoint(self, name: str) -> str:
        with self._lock:
            kept, now = self._discovered, time.monotonic()
        if kept is None or now - kept[0] > FRESH:
            found = self._fetch(f"{self._agency.issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self._agency.issuer:
                raise Refused("discovery: another issuer")
            kept = (now, found)
            with self._lock:
                self._discovered = kept
        address = kept[1].get(name)
        if not isinstance(address, str) or not self._safe(address):
            raise Refused(f"discovery: {name}")
        return address

    def _safe(self, address: str) -> bool:
        """https; plain http only where the issuer itself is one of loopback."""
        try:
            parts = urlsplit(address)
        except ValueError:
            return False
        if parts.scheme == "https" and parts.hostname:
            return True
        return bool(LOOPBACK.match(address) and LOOPBACK.match(self._agency.issuer))

    def _fetch(
        self, address: str, form: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """A JSON object. Raises Refused."""
        asked = urllib.request.Request(address, form, {"Accept": "application/json", **(headers or {})})  # noqa: S310  (_safe)
        try:
            with self._opener.open(asked, timeout=TIMEOUT) as answer:
                body = answer.read(MOST_BYTES + 1)
            found = json.loads(body) if len(body) <= MOST_BYTES else None
        except (OSError, ValueError, HTTPException, RecursionError) as error:
            raise Refused(f"{urlsplit(address).path}: {error}") from error
        if not isinstance(found, dict):
            raise Refused(f"{urlsplit(address).path}: no JSON object")
        return found
