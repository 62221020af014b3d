"""Who reaches what: every route of the running desk against every role, declared here and nowhere derived.

A route that is not declared, or declared and gone, fails; so a route cannot be added without saying who may use it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import create_engine, inspect, text
from starlette.routing import Mount
from starlette.testclient import TestClient

import store
from desk.pages import api
from desk.pages.signin import throttle
from tests.desk_support import NOW, ROLES, Rig, document, rig, token

LETTERS = dict(zip("vadpulm", ROLES, strict=True))
"""viewer, analyst, duty officer, province, unit, leader, adMin"""
MATRIX = """
GET  /                                  vadpulm
GET  /api/v1/openapi.json               vadpulm
GET  /api/v1/so-lieu                    key:vad.ulm
GET  /api/v1/tin                        key:vadpulm
GET  /api/v1/tin/{short}                key:vadpulm
GET  /bao-cao                           vad..lm
GET  /bao-cao/{week}                    vad..lm
POST /bao-cao/{week}/duyet              .....lm
POST /bao-cao/{week}/rut                .....lm
POST /bao-cao/{week}/sua                .a...lm
GET  /bao-cao/{week}/{name}             vad..lm
GET  /bao-tin                           ..dpu.m
POST /bao-tin                           ..dpu.m
GET  /chu-the                           ......m
POST /chu-the                           ......m
POST /chu-the/tim                       ......m
POST /chu-the/{number}/xoa              ......m
POST /chu-the/{number}/xong             ......m
GET  /da-nhan/{ticket}                  *
POST /da-nhan/{ticket}                  *
GET  /dang-nhap                         *
POST /dang-nhap                         *
GET  /dang-nhap/co-quan                 *
GET  /dang-nhap/co-quan/ve              *
POST /dang-nhap/ma                     *
POST /dang-xuat                         vadpulm
GET  /dien-bien/{story}                 vadpulm
GET  /gan-nhan                          .ad...m
GET  /gan-nhan/dong-thuan               .ad...m
POST /gan-nhan/hoan-tac                 .ad...m
GET  /gan-nhan/huong-dan                .ad...m
GET  /gan-nhan/{slug}/{task}            .ad...m
POST /gan-nhan/{slug}/{task}            .ad...m
POST /gan-nhan/{slug}/{task}/bo-qua     .ad...m
GET  /khoa-api                          ......m
POST /khoa-api                          ......m
POST /khoa-api/{digest}/bo              ......m
GET  /khoe                              *
GET  /kien-thuc                         vadpulm
GET  /kien-thuc/de-nghi                 vadpulm
POST /kien-thuc/de-nghi/{number}        ..d..lm
GET  /kien-thuc/luat                    vadpulm
GET  /kien-thuc/sua/{kind}              .ad.u.m
POST /kien-thuc/sua/{kind}              .ad.u.m
GET  /kien-thuc/thong-diep              vadpulm
GET  /lich-truc                         ..d..lm
POST /lich-truc                         ..d..lm
POST /lich-truc/{place}/bo              ..d..lm
GET  /may-da-hoc                       .ad..lm
POST /may-da-hoc/bo                    ......m
POST /may-da-hoc/dung                  ......m
POST /may-da-hoc/hoc                   .a....m
GET  /nguoi-nhan                        ......m
POST /nguoi-nhan                        ......m
POST /nguoi-nhan/bo                     ......m
GET  /nguon                             .ad..lm
GET  /nguon/_them                       .a....m
POST /nguon/_them                       .a....m
GET  /nguon/_them/{number}              .a....m
POST /nguon/_them/{number}              .a....m
GET  /nguon/{source}                    .ad..lm
POST /nguon/{source}/bat                .a....m
POST /nguon/{source}/dung               .a....m
POST /nguon/{source}/thu                .a....m
GET  /nhan                              .ad...m
POST /nhan                              .ad...m
GET  /nhan-thu/{ticket}                 *
POST /nhan-thu/{ticket}                 *
GET  /nhan/label-studio                 .ad...m
GET  /nhat-ky                           ......m
GET  /so-bao-chi                        ..d...m
POST /so-bao-chi                        ..d...m
POST /so-bao-chi/{number}/xong          ..d...m
GET  /suc-khoe                          .ad..lm
GET  /tai-khoan                         ......m
POST /tai-khoan                         ......m
POST /tai-khoan/{login}/khoa            ......m
POST /tai-khoan/{login}/ma              ......m
GET  /tam-im                            ..d..lm
POST /tam-im                            ..d..lm
POST /tam-im/{place}/bo                 ..d..lm
GET  /thu                               ..d..lm
GET  /thu/{number}                      ..d..lm
POST /thu/{number}/gui-lai              ..d...m
GET  /thu/{number}/noi-dung             ..d..lm
GET  /tim-kiem                          vadpulm
POST /tim-kiem                          vadpulm
POST /tim-kiem/{number}/bo              vadpulm
GET  /tin                               vadpulm
GET  /tin/{short}                       vadpulm
GET  /tin/{short}/anh/{number}          .adpu.m
POST /tin/{short}/chung-cu               ..d..lm
POST /tin/{short}/dau-hieu              ..d...m
POST /tin/{short}/dong-ho               ..d...m
POST /tin/{short}/du-thao               ..d...m
GET  /tin/{short}/du-thao/{number}      ..d...m
POST /tin/{short}/nhan                  .ad...m
POST /tin/{short}/nhan-viec             ..d...m
POST /tin/{short}/phat-ngon             ..d...m
POST /tin/{short}/quyet-dinh            ..d...m
GET  /toi                               vadpulm
POST /toi/ma                            vadpulm
POST /toi/ma/du-phong                   vadpulm
POST /toi/ma/tat                        vadpulm
POST /toi/ma/xac-nhan                   vadpulm
POST /toi/mat-khau                      vadpulm
POST /toi/phien                         vadpulm
GET  /tong-quan                         vad.ulm
GET  /tro-giup                          vadpulm
GET  /viec                              .a....m
POST /viec                              .a....m
GET  /xuat/{form}                       .adpulm
"""
"""method, route, the roles that may; "*": anybody, "key:": a token of the API that stands for the role"""
STATIC = {"/tinh"}
PARTS = {
    "short": store.short_id(document(2).key), "number": "1", "week": "2026-W01", "name": "x", "login": "viewer", "story": "x",
    "kind": "fact", "form": "csv", "digest": "x", "place": "1", "source": "bao", "ticket": "x", "slug": "ngau-nhien", "task": "all",
}  # fmt: skip
"""what stands for the parts of a path; the item is one of Huế, whose office is the account "province" """
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
REFUSED = "Tài khoản của bạn không có quyền này."
Declared = dict[tuple[str, str], str]


def declared() -> Declared:
    """(method, path) -> who may, as written in MATRIX."""
    rows = (line.split() for line in MATRIX.strip().splitlines())
    return {(method, path): who for method, path, who in rows}


def found(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """(method, path) of everything that answers below a router, whatever way it was added."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from found(inner.routes)
        elif isinstance(route, Mount):
            assert route.path in STATIC, f"{route.path}: mounted and not declared"
        else:
            yield from ((method, route.path) for method in route.methods - {"HEAD"})


def undeclared(app: FastAPI) -> set[tuple[str, str]]:
    """What the running desk has and MATRIX has not, or the other way round."""
    return set(found(app.routes)) ^ set(declared())


RULED = [(method, path, who) for (method, path), who in declared().items() if who != "*" and not who.startswith("key:")]
KEYED = [(path, who.removeprefix("key:")) for (_, path), who in declared().items() if who.startswith("key:")]


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    throttle._failures.clear()
    api.guesses._seen.clear()
    return rig(tmp_path)


def everything(desk: Rig) -> dict[str, list[Any]]:
    """All the rows there are, but for the moments sessions were last seen, and the log, which notes what is refused."""
    engine = create_engine(desk.store._database.url)
    with engine.connect() as connection:
        names = [
            name
            for name in inspect(connection).get_table_names()
            if name not in {"sessions", "audit_log", "audit_head"}
        ]
        rows = {name: list(connection.execute(text(f'SELECT * FROM "{name}"'))) for name in names}
    engine.dispose()
    return rows


def form_token(client: TestClient) -> str:
    return token(client.get("/tim-kiem").text)


def test_every_route_of_the_running_desk_is_declared(desk: Rig) -> None:
    assert undeclared(desk.app) == set()
    assert all(set(who) <= set("vadpulm.") and len(who) == 7 for _, _, who in RULED)


def test_a_route_added_without_a_role_is_found_out(desk: Rig) -> None:
    desk.app.get("/cua-sau")(lambda: "ai cũng vào")
    desk.app.post("/tin/{short}")(lambda short: short)
    assert undeclared(desk.app) == {("GET", "/cua-sau"), ("POST", "/tin/{short}")}


def test_a_mounted_application_is_found_out(desk: Rig) -> None:
    desk.app.mount("/them", FastAPI())
    with pytest.raises(AssertionError, match="/them"):
        undeclared(desk.app)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_reaches_what_is_declared(desk: Rig, role: str) -> None:
    """With a form that is truly its own, so that only the role decides. An empty form is answered 422 where it may."""
    client: TestClient = desk.client(role)
    form: dict[str, str] = {}
    for method, path, who in RULED:
        form = form or {"token": form_token(client)}
        answer = client.request(method, path.format_map(PARTS), data=form if method == "POST" else None)
        may = role in {LETTERS[letter] for letter in who.replace(".", "")}
        where = (role, method, path, answer.status_code)
        assert (answer.status_code == 403) == (not may), where
        assert answer.status_code in ({200, 303, 404, 409, 422} if may else {403}), where
        assert may or REFUSED in answer.text, where
        assert answer.headers.get("location", "").startswith("/dang-nhap") == (path == "/dang-xuat"), where
        if path == "/dang-xuat":
            client, form = desk.client(role), {}


@pytest.mark.parametrize("role", ROLES)
def test_what_is_refused_changes_nothing(desk: Rig, role: str) -> None:
    client = desk.client(role)
    form, before = {"token": form_token(client)}, everything(desk)
    for method, path, who in RULED:
        if role not in {LETTERS[letter] for letter in who.replace(".", "")}:
            client.request(method, path.format_map(PARTS), data=form if method == "POST" else None)
    assert everything(desk) == before


def test_nobody_reaches_a_page_without_signing_in(desk: Rig) -> None:
    client, before = desk.client(), everything(desk)
    for method, path, _ in RULED:
        answer = client.request(method, path.format_map(PARTS), data={"token": "0" * 64} if method == "POST" else None)
        if method == "GET":
            assert answer.status_code == 303 and answer.headers["location"].startswith("/dang-nhap?tiep="), path
        else:
            assert answer.status_code in {401, 403}, path
    assert everything(desk) == before


def test_a_locked_account_reaches_nothing_with_the_session_it_had(desk: Rig) -> None:
    client = desk.client("leader")
    form = {"token": form_token(client)}
    desk.store.officers.disable("leader")
    for method, path, _ in RULED:
        answer = client.request(method, path.format_map(PARTS), data=form if method == "POST" else None)
        assert answer.status_code in {303, 401}, (method, path)
        assert answer.headers.get("location", "/dang-nhap").startswith("/dang-nhap"), path


@pytest.mark.parametrize("role", ["viewer", "leader", "unit", "province"])
def test_a_key_of_the_api_reaches_what_its_role_may(desk: Rig, role: str) -> None:
    place = "Huế" if role == "province" else None
    key = desk.store.tokens.make("máy", role, place, NOW.replace(year=2027), "admin", NOW)  # type: ignore[arg-type]
    client = desk.client()
    for path, who in KEYED:
        status = client.get(path.format_map(PARTS), headers={"Authorization": f"Bearer {key}"}).status_code
        may = role in {LETTERS[letter] for letter in who.replace(".", "")}
        assert status in ({200, 404, 422} if may else {403}), (role, path, status)


def test_a_session_is_no_key_of_the_api_and_a_key_no_session(desk: Rig) -> None:
    key = desk.store.tokens.make("máy", "leader", None, NOW.replace(year=2027), "admin", NOW)
    signed_in, program = desk.client("admin"), desk.client()
    for path, _ in KEYED:
        assert signed_in.get(path.format_map(PARTS)).status_code == 401
    program.headers["Authorization"] = f"Bearer {key}"
    program.cookies.set("langnghe", key)
    for method, path, _ in RULED:
        answer = program.request(method, path.format_map(PARTS), data={"token": "0" * 64} if method == "POST" else None)
        assert answer.status_code in {303, 401, 403}, (method, path)


def test_a_method_that_is_not_declared_is_refused_to_everybody(desk: Rig) -> None:
    client = desk.client("admin")
    known = declared()
    for path in sorted({path for _, path in known}):
        for method in METHODS - {method for method, one in known if one == path}:
            answer = client.request(method, path.format_map(PARTS), headers={"Origin": "http://desk.test"})
            expected = {404, 405} if method == "GET" else {405}  # a name under a week is a file that is not there
            assert answer.status_code in expected, (method, path, answer.status_code)


@pytest.mark.parametrize(
    "attack", ["no token", "of another session", "empty", "of another site", "of no site", "cross-site"]
)
def test_every_form_is_refused_when_it_is_not_ours(desk: Rig, attack: str) -> None:
    """Each changing route, as the administrator's browser would send it for somebody else: 403, the store unchanged."""
    client, other = desk.client("admin"), desk.client("admin")
    mine, foreign, before = form_token(client), form_token(other), everything(desk)
    form = {"no token": {}, "of another session": {"token": foreign}, "empty": {"token": ""}}.get(
        attack, {"token": mine}
    )
    headers = {
        "of another site": {"Origin": "https://evil.example"}, "of no site": {"Origin": "null"},
        "cross-site": {"Sec-Fetch-Site": "cross-site"},
    }.get(attack, {})  # fmt: skip
    for method, path, _ in RULED:
        if method != "GET":
            answer = client.request(method, path.format_map(PARTS), data=form, headers=headers)
            assert answer.status_code == 403, (path, answer.status_code)
    assert everything(desk) == before
