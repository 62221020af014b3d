"""Sign-on through an agency's provider, against a provider of our own on loopback that can be told to lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from starlette.testclient import TestClient

import config
import knowledge
import signing
from desk import agency
from desk import app as desk_app
from desk.pages import signon as pages
from desk.pages.signin import throttle
from records import Officer
from signon import Agency
from tests.desk_support import HASH, NOW, PASSWORD, Rig, rig

CLIENT, SECRET = "lang-nghe", "bí mật của ứng dụng"


@dataclass
class World:
    """The provider: what it says, and what it was asked."""

    address: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "1", "alg": "ES256", "use": "sig"}))
    published: list[ECKey] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    discovery: dict[str, Any] = field(default_factory=dict)
    token: str | None = None
    """said in place of a rightly made one"""
    body: bytes | None = None
    """said in place of the token endpoint's whole answer"""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorise(self, location: str) -> tuple[str, str]:
        """The officer's consent: (code, state) of a way out."""
        query = dict(parse_qsl(urlsplit(location).query))
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return code, query["state"]

    def answer(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """The token endpoint: a code once, with its verifier and the client's secret."""
        query = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if query is None or challenge != query["code_challenge"] or not authorization.startswith("Basic "):
            return None
        said = {
            "iss": self.address, "aud": CLIENT, "sub": "s-1", "nonce": query["nonce"], "email": "viewer@thu.example",
            "email_verified": True, "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300,
        } | self.claims  # fmt: skip
        said = {name: value for name, value in said.items() if value is not ...}
        made = jwt.encode({"alg": "ES256", "kid": self.key.kid or ""}, said, self.key)
        return {"id_token": self.token or made, "access_token": "x", "token_type": "Bearer"}


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    made.published = [made.key]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            if self.path == "/.well-known/openid-configuration":
                names = {"authorization_endpoint": "/den", "token_endpoint": "/the", "jwks_uri": "/khoa"}
                found = {name: made.address + path for name, path in names.items()}
                self.say({"issuer": made.address} | found | made.discovery)
            else:
                self.say({"keys": [key.as_dict(private=False) for key in made.published]})

        def do_POST(self) -> None:
            made.asked.append(self.path)
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(raw).items()}
            found = made.answer(form, self.headers.get("Authorization", ""))
            self.say(found or {"error": "invalid_grant"}, 200 if found else 400, made.body)

        def say(self, found: dict[str, Any], status: int = 200, body: bytes | None = None) -> None:
            content = body if body is not None else json.dumps(found).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def desk(tmp_path: Path, world: World) -> Rig:
    throttle._failures.clear()
    return wired(rig(tmp_path), tmp_path, world)


def wired(made: Rig, place: Path, world: World, **changes: Any) -> Rig:
    """The desk with the agency's sign-on."""
    said = {"issuer": world.address, "client_id": CLIENT, "client_secret": SECRET} | changes
    settings = config.Settings(
        data_dir=place, public_url="http://desk.test", author_key="a" * 40, desk_key="d" * 40, vault_key="v" * 40,
        desk=config.Desk(secure_cookies=False, agency=Agency(**said)),
    )  # type: ignore[arg-type]  # fmt: skip
    app = desk_app.create(settings, made.store, knowledge.load(), lambda: made.now[0])
    return Rig(app, made.store, made.now)


def went(desk: Rig, world: World, tiep: str = "/tin") -> tuple[TestClient, str, str]:
    """(browser, code, state) after the officer's consent."""
    client = desk.client()
    answer = client.get("/dang-nhap/co-quan", params={"tiep": tiep})
    assert answer.status_code == 303, answer.text
    return client, *world.authorise(answer.headers["location"])


def back(client: TestClient, code: str, state: str) -> int:
    return client.get("/dang-nhap/co-quan/ve", params={"code": code, "state": state}).status_code


def signed_in(client: TestClient) -> bool:
    return client.get("/tin").status_code == 200


def reasons(desk: Rig) -> list[str]:
    return [line.detail for line in desk.store.audit_log(50) if line.what == "đăng nhập qua cơ quan sai"]


def test_an_officer_gets_in_and_only_as_what_the_desk_says(desk: Rig, world: World) -> None:
    world.claims = {"roles": ["admin"], "groups": ["admin"]}
    client, code, state = went(desk, world)
    answer = client.get("/dang-nhap/co-quan/ve", params={"code": code, "state": state})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tin") and signed_in(client)
    assert client.get("/tai-khoan").status_code == 403, "no role is read off a token"
    assert [line.who for line in desk.store.audit_log(9) if line.what == "đăng nhập qua cơ quan"] == ["viewer"]
    assert "Tài khoản của cơ quan" in desk.client().get("/dang-nhap").text


def test_the_way_out_says_what_the_standard_asks(desk: Rig, world: World) -> None:
    location = desk.client().get("/dang-nhap/co-quan").headers["location"]
    query = dict(parse_qsl(urlsplit(location).query))
    assert location.startswith(f"{world.address}/den?")
    assert (query["response_type"], query["code_challenge_method"], query["scope"]) == ("code", "S256", "openid email")
    assert query["redirect_uri"] == "http://desk.test/dang-nhap/co-quan/ve" and query["client_id"] == CLIENT
    assert min(len(query[name]) for name in ("state", "nonce", "code_challenge")) >= 43


LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "khác"}, "no nonce": {"nonce": ...}, "another audience": {"aud": "ung-dung-khac"},
    "no audience": {"aud": ...}, "another issuer": {"iss": "https://evil.example"}, "expired": {"exp": int(NOW.timestamp()) - 120},
    "no end": {"exp": ...}, "issued long ago": {"iat": int(NOW.timestamp()) - 7200}, "issued in the future": {"iat": int(NOW.timestamp()) + 7200},
    "not yet valid": {"nbf": int(NOW.timestamp()) + 3600}, "no subject": {"sub": ...},
    "several audiences, no party": {"aud": [CLIENT, "x"]}, "for another party": {"aud": [CLIENT, "x"], "azp": "x"},
    "address not verified": {"email_verified": False}, "address verified in words": {"email_verified": "true"},
    "address not said": {"email_verified": ...}, "unknown address": {"email": "la@thu.example"}, "no address": {"email": ...},
    "an address that is a list": {"email": ["viewer@thu.example"]}, "empty address": {"email": ""}, "odd end": {"exp": "mai"},
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_is_not_right_opens_nothing(desk: Rig, world: World, lie: str) -> None:
    world.claims = LIES[lie]
    client, code, state = went(desk, world)
    assert back(client, code, state) == 403 and not signed_in(client), lie
    assert len(reasons(desk)) == 1 and "thu.example" not in reasons(desk)[0]


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."


@pytest.mark.parametrize("forgery", ["none", "shared secret", "stranger", "stranger with the known id", "cut", "noise"])
def test_a_forged_token_opens_nothing(desk: Rig, world: World, forgery: str) -> None:
    client, code, state = went(desk, world)
    claims = {
        "iss": world.address, "aud": CLIENT, "sub": "s", "nonce": world.codes[code]["nonce"], "email": "admin@thu.example",
        "email_verified": True, "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300,
    }  # fmt: skip
    stranger = ECKey.generate_key("P-256", {"kid": "1" if "known" in forgery else "9"})
    shared = OctKey.import_key(json.dumps(world.key.as_dict(private=False)))
    world.token = {
        "none": unsigned(claims), "shared secret": jwt.encode({"alg": "HS256", "kid": "1"}, claims, shared),
        "cut": jwt.encode({"alg": "ES256", "kid": "1"}, claims, world.key)[:-8], "noise": "x.y.z",
    }.get(forgery) or jwt.encode({"alg": "ES256", "kid": stranger.kid or ""}, claims, stranger)  # fmt: skip
    assert back(client, code, state) == 403 and not signed_in(client)


def test_keys_that_were_changed_are_fetched_again(desk: Rig, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = went(desk, world)
    assert back(*first) == 303
    world.key = ECKey.generate_key("P-256", {"kid": "2", "alg": "ES256", "use": "sig"})
    world.published = [world.key]
    asked = world.asked.count("/khoa")
    assert back(*went(desk, world)) == 403 and world.asked.count("/khoa") == asked, "not with every wrong token"
    monkeypatch.setattr(agency, "AGAIN", 0.0)
    assert back(*went(desk, world)) == 303 and world.asked.count("/khoa") == asked + 1


def test_a_way_back_is_good_once_and_in_its_own_browser(desk: Rig, world: World) -> None:
    client, code, state = went(desk, world)
    stranger = desk.client()
    assert back(stranger, code, state) == 403 and not signed_in(stranger), "a browser that never set out"
    other, _, _ = went(desk, world)
    assert back(other, code, state) == 403 and not signed_in(other), "a browser that set out elsewhere"
    kept = client.cookies.get("langnghe-di")
    assert back(client, code, state) == 303
    again = desk.client()
    again.cookies.set("langnghe-di", str(kept))
    world.codes["again"] = dict(parse_qsl(f"code_challenge=x&nonce=x&state={state}"))
    assert back(again, "again", state) == 403 and "used before" in reasons(desk)[0]


@pytest.mark.parametrize("change", ["late", "another state", "no code", "another purpose"])
def test_a_way_back_that_does_not_fit_is_refused(desk: Rig, world: World, change: str) -> None:
    client, code, state = went(desk, world)
    if change == "late":
        desk.now[0] += timedelta(minutes=11)
    if change == "another purpose":
        client.cookies.clear()
        said = {"for": "second", "state": state, "nonce": "x", "verifier": "x", "back": "/"}
        client.cookies.set("langnghe-di", signing.sign(said, b"d" * 40, NOW + timedelta(hours=1)))
    assert back(client, "" if change == "no code" else code, "x" * 43 if change == "another state" else state) == 403
    assert not signed_in(client)


def test_a_locked_account_stays_out(desk: Rig, world: World) -> None:
    desk.store.officers.disable("viewer")
    client, code, state = went(desk, world)
    assert back(client, code, state) == 403 and not signed_in(client)


def test_two_accounts_of_one_address_are_nobodys(desk: Rig, world: World) -> None:
    desk.store.officers.add(Officer("hai", "Hai", "VIEWER@thu.example", ("admin",)), HASH)
    client, code, state = went(desk, world)
    assert back(client, code, state) == 403 and not signed_in(client)


def test_another_claim_names_the_login(desk: Rig, world: World, tmp_path: Path) -> None:
    named = wired(desk, tmp_path, world, claim="ma_can_bo")
    world.claims = {"ma_can_bo": "leader", "email_verified": False}
    client, code, state = went(named, world)
    assert back(client, code, state) == 303 and client.get("/lich-truc").status_code == 200


def test_the_second_factor_of_the_desk_is_asked_too(desk: Rig, world: World) -> None:
    desk.store.factors.begin("viewer", "A" * 32, NOW)
    desk.store.factors.confirm("viewer", 1, ["x"], NOW)
    client, code, state = went(desk, world)
    answer = client.get("/dang-nhap/co-quan/ve", params={"code": code, "state": state})
    assert answer.status_code == 200 and "Mã xác thực" in answer.text and not signed_in(client)


def test_passwords_can_be_turned_off_but_for_the_day_it_fails(desk: Rig, world: World, tmp_path: Path) -> None:
    shut = wired(desk, tmp_path, world, passwords=False, break_glass=("admin",))
    assert shut.client().post("/dang-nhap", data={"login": "viewer", "password": PASSWORD}).status_code == 401
    assert shut.client("admin").get("/tai-khoan").status_code == 200
    assert back(*went(shut, world)) == 303


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"}, {"token_endpoint": "http://evil.example/the"}, {"token_endpoint": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"authorization_endpoint": None}, {"token_endpoint": "http://127.0.0.1.evil.example/"},
    ],
)  # fmt: skip
def test_a_discovery_that_leads_elsewhere_is_not_followed(desk: Rig, world: World, discovery: dict[str, Any]) -> None:
    world.discovery = discovery
    client = desk.client()
    answer = client.get("/dang-nhap/co-quan")
    if answer.status_code == 303:
        assert answer.headers["location"].startswith(world.address)
        code, state = world.authorise(answer.headers["location"])
        assert back(client, code, state) == 403
    else:
        assert answer.status_code == 403
    assert not signed_in(client) and reasons(desk)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"id_token": 1}', b" " * (agency.MOST_BYTES + 1)]
)
def test_an_answer_that_is_none_is_refused(desk: Rig, world: World, body: bytes) -> None:
    world.body = body
    client, code, state = went(desk, world)
    assert back(client, code, state) == 403 and not signed_in(client)


def test_guessing_is_slowed(desk: Rig, world: World) -> None:
    client = desk.client()
    for _ in range(8):
        assert back(client, "x", "y") == 403
    assert back(client, "x", "y") == 429


def test_without_it_there_is_no_such_page(tmp_path: Path) -> None:
    client = rig(tmp_path).client()
    assert client.get("/dang-nhap/co-quan").status_code == 404 and "cơ quan" not in client.get("/dang-nhap").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "http://sso.example", "client_id": "x"}, {"issuer": "https://sso.example"}, {"passwords": False},
        {"issuer": "https://sso.example", "client_id": "x", "passwords": False}, {"issuer": "http://127.0.0.1.evil.example", "client_id": "x"},
    ],
)  # fmt: skip
def test_settings_that_would_open_or_shut_everything_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Agency(**wrong)


def test_the_memory_of_ways_back_is_bounded(monkeypatch: pytest.MonkeyPatch, desk: Rig, world: World) -> None:
    monkeypatch.setattr(pages, "MOST", 3)
    for _ in range(5):
        back(*went(desk, world))
    assert len(pages._used) <= 3
