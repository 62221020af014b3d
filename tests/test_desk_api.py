"""The read API: tokens a role, what each sees, its description; saved searches and their mails."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import config
import store
from desk.pages import api
from pipeline import clock, searching
from pipeline.doors import Rooms, open_all
from records import Officer, Role
from tests.desk_support import NOW, Rig, assessment, document, rig, token


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Rig]:
    api.rate._seen.clear()
    api.guesses._seen.clear()
    yield rig(tmp_path)


def caller(desk: Rig, role: Role = "viewer", province: str | None = None) -> TestClient:
    made = desk.store.tokens.make("Phần mềm", role, province, NOW + timedelta(days=1), "admin", NOW)
    return TestClient(desk.app, base_url="http://desk.test", headers={"Authorization": f"Bearer {made}"})


def test_a_token_reads_the_list_an_item_and_the_figures(desk: Rig) -> None:
    desk.store.tallies.recount(NOW)
    client = caller(desk)
    found = client.get("/api/v1/tin?sac_thai=negative").json()
    assert len(found["items"]) == 2 and found["next"] is None
    one = client.get(f"/api/v1/tin/{store.short_id(document(1).key)}").json()
    assert one["acts"][0]["clause"] == "3c" and one["desk_url"].startswith("http://desk.test/tin/")
    figures = client.get("/api/v1/so-lieu?tu=2026-08-01&den=2026-08-31").json()
    assert sum(figures["counts"]["all"]["all"].values()) == 4


def test_a_person_s_answer_is_the_answer(desk: Rig) -> None:
    from records import Label

    desk.store.labels.add(Label(document(3).key, "sentiment", "neutral", "positive", "an", NOW))
    one = caller(desk).get(f"/api/v1/tin/{store.short_id(document(3).key)}").json()
    assert (one["sentiment"], one["labelled"]) == ("positive", ["sentiment"])


def test_pages_follow_each_other(desk: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "PAGE", 3)
    client = caller(desk)
    first = client.get("/api/v1/tin").json()
    assert len(first["items"]) == 3 and first["next"] == "http://desk.test/api/v1/tin?trang=2"
    assert len(client.get(first["next"]).json()["items"]) == 1


def test_a_province_s_token_sees_the_province(desk: Rig) -> None:
    client = caller(desk, "province", "Huế")
    assert [one["provinces"] for one in client.get("/api/v1/tin").json()["items"]] == [["Huế"]]
    assert client.get(f"/api/v1/tin/{store.short_id(document(1).key)}").status_code == 404
    assert client.get("/api/v1/so-lieu?tu=2026-08-01&den=2026-08-31").status_code == 403


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer x", "Basic YWRtaW46eA==", "Bearer " + "x" * 5000, "bearer \xff"]
)
def test_without_a_token_nothing(desk: Rig, header: str) -> None:
    client = desk.client("admin")
    for address in ("/api/v1/tin", "/api/v1/tin/x", "/api/v1/so-lieu?tu=2026-08-01&den=2026-08-02"):
        answer = client.get(address, headers={"Authorization": header.encode("latin-1")})
        assert answer.status_code == 401 and answer.json()["detail"], "a session of the desk is no token"


def test_too_many_questions_and_too_many_guesses_wait(desk: Rig) -> None:
    client = caller(desk)
    statuses = [client.get("/api/v1/tin/x").status_code for _ in range(121)]
    assert statuses[:120] == [404] * 120 and statuses[120] == 429
    desk.now[0] += timedelta(minutes=1)
    assert client.get("/api/v1/tin/x").status_code == 404
    stranger = TestClient(desk.app, base_url="http://desk.test")
    statuses = [stranger.get("/api/v1/tin", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(31)]
    assert statuses[29] == 401 and statuses[30] == 429


@pytest.mark.parametrize("query", ["tu=x&den=y", "tu=2026-08-02&den=2026-08-01", "tu=2020-01-01&den=2026-01-01", ""])
def test_a_wrong_question_gets_json(desk: Rig, query: str) -> None:
    answer = caller(desk).get(f"/api/v1/so-lieu?{query}")
    assert answer.status_code == 422 and answer.json()["detail"]


def test_it_is_described(desk: Rig) -> None:
    made = desk.client("viewer").get("/api/v1/openapi.json").json()
    assert set(made["paths"]) == {"/api/v1/tin", "/api/v1/tin/{short}", "/api/v1/so-lieu"}
    assert made["security"] == [{"khoa": []}] and made["openapi"].startswith("3.")
    assert desk.client().get("/api/v1/openapi.json").status_code == 303


def test_an_administrator_makes_and_revokes_a_token(desk: Rig) -> None:
    client = desk.client("admin")
    form = {"token": token(client.get("/khoa-api").text), "name": "Bảng tin", "role": "viewer", "days": "30"}
    page = client.post("/khoa-api", data=form).text
    made = page.split("<code>")[1].split("<")[0]
    assert made.startswith("ln_") and made not in client.get("/khoa-api").text, "shown once"
    bearer = TestClient(desk.app, headers={"Authorization": f"Bearer {made}"})
    assert bearer.get("/api/v1/tin").status_code == 200
    (kept,) = desk.store.tokens.all()
    assert client.post(f"/khoa-api/{kept.digest}/bo", data=form).status_code == 303
    assert bearer.get("/api/v1/tin").status_code == 401
    for wrong in ({"role": "admin"}, {"role": "province"}, {"days": "0"}, {"province": "Huế"}, {"name": " "}):
        assert client.post("/khoa-api", data=form | wrong).status_code == 422
    assert {"tạo khóa API", "thu hồi khóa API"} <= {line.what for line in desk.store.audit_log(10)}


def test_a_search_is_saved_shown_and_removed(desk: Rig) -> None:
    client = desk.client("viewer")
    page = client.get("/tin?q=mao+danh&sac_thai=negative").text
    form = {
        "token": token(page),
        "name": "Mạo danh",
        "q": "mao danh",
        "sac_thai": "negative",
        "mails": "1",
        "trang": "3",
    }
    assert client.post("/tim-kiem", data=form).status_code == 303
    (saved,) = desk.store.searches.of("viewer")
    assert saved.chosen == {"q": "mao danh", "sac_thai": "negative"} and saved.asked.sentiment == "negative"
    assert "/tin?q=mao+danh&amp;sac_thai=negative" in client.get("/tim-kiem").text
    assert client.post("/tim-kiem", data={"token": form["token"], "name": "Không lọc gì"}).status_code == 422
    assert desk.client("admin").post(f"/tim-kiem/{saved.id}/bo", data={}).status_code in {403, 422}
    other = desk.client("leader")
    stolen = {"token": token(other.get("/tim-kiem").text)}
    assert other.post(f"/tim-kiem/{saved.id}/bo", data=stolen).status_code == 409
    assert client.post(f"/tim-kiem/{saved.id}/bo", data=form).status_code == 303
    assert "Chưa lưu tìm kiếm nào" in client.get("/tim-kiem").text


@pytest.fixture
def rooms(desk: Rig, tmp_path: Path) -> Iterator[Rooms]:
    settings = config.Settings(data_dir=tmp_path, judging=config.Judging(workers=0), public_url="http://desk.test")
    with open_all(settings, clock.Hand(NOW)) as found:
        yield found


def later(rooms: Rooms, hours: float) -> None:
    rooms.clock.set(rooms.clock() + timedelta(hours=hours))  # type: ignore[attr-defined]


def test_a_hit_is_mailed_once_and_an_hour_apart(desk: Rig, rooms: Rooms) -> None:
    rooms.store.searches.add(
        "viewer", "Tiêu cực", {"sac_thai": "negative"}, store.Filter(sentiment="negative"), True, NOW
    )
    before = len(rooms.store.outbox.list())
    assert searching.search(rooms) == 1
    mail = rooms.store.outbox.list(kind="search")[0]
    assert mail.recipient == "viewer@thu.example" and "2 tin mới" in mail.subject and "mạo danh" in mail.text
    assert "<script>" not in mail.html and len(rooms.store.outbox.list()) == before + 1
    from records import Placement, Reason, Signature

    one = document(60, title="Tin xấu mới", published_at=NOW)
    rooms.store.documents.keep(one)
    placed = Placement("s-60", None, Signature((60,), (1,), {"x": 1.0}))
    rooms.store.settle(one, assessment(one.key, sentiment="negative"), placed, Reason("daily", "t", "x"), [], NOW)
    assert searching.search(rooms) == 0, "not within the hour"
    later(rooms, 1.01)
    assert searching.search(rooms) == 1 and "1 tin mới" in rooms.store.outbox.list(kind="search")[0].subject
    later(rooms, 2)
    assert searching.search(rooms) == 0


def test_old_news_and_what_one_may_not_see_is_not_mailed(desk: Rig, rooms: Rooms) -> None:
    rooms.store.searches.add("province", "Tất cả", {}, store.Filter(), True, NOW)
    assert searching.search(rooms) == 1
    mail = rooms.store.outbox.list(kind="search")[0]
    assert "Chờ ba tháng" in mail.text and "mạo danh" not in mail.text
    rooms.store.searches.add("viewer", "Sau này", {}, store.Filter(), True, NOW + timedelta(days=3))
    assert searching.search(rooms) == 0
    rooms.store.officers.change(Officer("viewer", "x", "", ("viewer",)))
    rooms.store.searches.add("viewer", "Không có thư", {}, store.Filter(), True, NOW)
    assert searching.search(rooms) == 0
