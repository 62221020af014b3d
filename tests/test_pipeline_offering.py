"""Adding a source from the desk: the desk asks, the pipeline looks and writes, two people meet on one site."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

import config
import crawlers.sources
from desk import app as desk_app
from desk.pages.signin import throttle
from pipeline import requests, schedule
from pipeline.doors import Rooms, open_all
from records import Officer
from tests.crawlers_support import NOW, Web, article, rss, web
from tests.desk_support import HASH, PASSWORD, token

HTML: Any = {"Content_Type": "text/html; charset=utf-8"}


@dataclass
class House:
    """The desk and the pipeline over one store, and a site."""

    rooms: Rooms
    site: Web
    now: list[datetime]

    def client(self, login: str) -> TestClient:
        app = desk_app.create(self.rooms.settings, self.rooms.store, self.rooms.knowledge, lambda: self.now[0])
        client = TestClient(app, base_url="http://desk.test", follow_redirects=False)
        assert client.post("/dang-nhap", data={"login": login, "password": PASSWORD}).status_code == 303
        return client

    def work(self) -> int:
        return asyncio.run(requests.answer(self.rooms))


def nowhere(host: Any, *rest: Any, plain: Any = socket.getaddrinfo, **named: Any) -> Any:
    """No name server is asked."""
    if str(host).endswith(".invalid"):
        raise socket.gaierror(-2, "Name or service not known")
    return plain(host, *rest, **named)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    throttle._failures.clear()
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    (tmp_path / "nguon.toml").write_text(
        '[[source]]\nid = "co-san"\nname = "Có sẵn"\nhomepage = "https://co-san.example"\nkind = "press"\nfeeds = ["https://co-san.example/rss"]\n'
    )
    with web() as site:
        site.put(
            "/",
            f'<html><head><title>Báo Ví Dụ</title><link rel="alternate" type="application/rss+xml" href="{site.base}/tin.xml"></head></html>',
            **HTML,
        )
        items = [(f"{site.base}/tin-ve-bao-hiem-{100001 + one}.html", f"Bài số {one} về bảo hiểm") for one in range(4)]
        site.put("/tin.xml", rss(*items))
        for url, title in items:
            site.put(url.removeprefix(site.base), article(title), **HTML)
        crawl = config.Crawl(
            sources=tmp_path / "nguon.toml", allow_loopback=(f"{site.host}:{site.port}",), delay=0, timeout=3
        )
        settings = config.Settings(
            data_dir=tmp_path, public_url="http://desk.test", desk=config.Desk(secure_cookies=False), crawl=crawl,
            judging=config.Judging(workers=0),
        )  # fmt: skip
        now = [NOW]
        with open_all(settings, lambda: now[0]) as rooms:
            for login, role in (("an", "analyst"), ("binh", "admin")):
                rooms.store.officers.add(Officer(login, login, f"{login}@thu.example", (role,)), HASH)  # type: ignore[arg-type]
            yield House(rooms, site, now)


def asked(client: TestClient, url: str) -> str:
    """The page an address leads to, once it is asked for."""
    form = {"token": token(client.get("/nguon/_them").text), "url": url}
    answer = client.post("/nguon/_them", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def confirm(client: TestClient, page: str, **chosen: str) -> str:
    form = {"token": token(client.get(page).text), "name": "Báo Ví Dụ", "tier": "3", "province": "Huế", **chosen}
    answer = client.post(page, data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def test_an_address_becomes_a_source_that_is_read(house: House) -> None:
    client = house.client("an")
    page = asked(client, house.site.base)
    waiting = client.get(page).text
    assert "Đang tìm" in waiting and "data-refresh" in waiting and "Thêm vào danh sách" not in waiting
    assert house.site.asked == [], "the desk asks nothing of the network"
    assert house.work() == 1
    shown = client.get(page).text
    for said in (
        "Báo Ví Dụ",
        f"{house.site.base}/tin.xml",
        "Bộ đọc",
        "Lượng tin",
        "Bài số 0",
        "âm tiết",
        "Thêm vào danh sách",
    ):
        assert said in shown, said
    assert len(house.rooms.sources) == 1 and "data-refresh" not in shown, "nothing is added before a person says so"
    added = confirm(client, page, name="Báo Ví Dụ của Huế")
    assert "Đang thêm" in client.get(added).text
    assert house.work() == 1
    source = house.rooms.sources[-1]
    assert (source.name, source.province, source.tier, source.waits_for) == ("Báo Ví Dụ của Huế", "Huế", 3, "")
    assert source.feeds == (f"{house.site.base}/tin.xml",)
    assert "Đã thêm nguồn Báo Ví Dụ của Huế" in client.get(added).text
    assert f'href="/nguon/{source.id}"' in client.get(added).text
    assert client.get(f"/nguon/{source.id}").status_code == 200, "it is on the desk at once"
    assert "an: thêm nguồn" in client.get(f"/nguon/{source.id}").text
    assert [(line.who, line.what) for line in reversed(house.rooms.store.audit_log())][-2:] == [
        ("an", "tìm nguồn mới"),
        ("an", "thêm nguồn"),
    ]


def test_two_people_on_one_site(house: House) -> None:
    an, binh = house.client("an"), house.client("binh")
    page = asked(an, house.site.base)
    assert asked(binh, house.site.base) == page, "one look for both"
    house.work()
    first = confirm(an, page)
    house.now[0] += timedelta(seconds=1)
    second = confirm(binh, page, name="Tên khác")
    assert first != second and confirm(an, page) == first, "pressed twice, asked once"
    assert house.work() == 2
    assert [source.name for source in house.rooms.sources] == ["Có sẵn", "Báo Ví Dụ"]
    assert "đã có trong danh sách, có thể người khác vừa thêm" in binh.get(second).text
    assert "Nguồn này đã có trong danh sách" in binh.get(page).text and "Thêm vào danh sách" not in binh.get(page).text
    form = {"token": token(binh.get("/nguon/_them").text), "url": house.site.base}
    again = binh.post("/nguon/_them", data=form)
    assert again.status_code == 409 and "Trang này đã có trong danh sách" in again.text
    assert len([line for line in house.rooms.store.audit_log() if line.what == "thêm nguồn"]) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://10.0.0.1/", "không phải địa chỉ công cộng"),
        ("http://169.254.169.254/latest/meta-data", "không phải địa chỉ công cộng"),
        ("[::1]", "không phải địa chỉ công cộng"),
        ("http://127.0.0.1:9/", "không được phép"),
        ("https://bao.invalid", "không phân giải được tên máy chủ"),
        ("localhost", "Chưa tìm được nguồn"),
    ],
)
def test_what_cannot_be_reached_is_told_and_the_address_kept(house: House, url: str, said: str) -> None:
    client = house.client("an")
    page = asked(client, url)
    house.work()
    shown = client.get(page).text
    assert "Chưa tìm được nguồn" in shown and said in shown and "Tìm và đọc thử" in shown
    assert f'value="{url if "://" in url else f"https://{url}"}"' in shown and house.site.asked == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "Chưa điền địa chỉ"),
        ("ftp://bao.example/", "Địa chỉ chưa đúng"),
        ("javascript:alert(1)", "Địa chỉ chưa đúng"),
        ("https://", "Địa chỉ chưa đúng"),
        ("https://bao.example:99999/", "Địa chỉ chưa đúng"),
        ("https://[x/", "Địa chỉ chưa đúng"),
        ("bao\texample", "Địa chỉ chưa đúng"),
        ("https://an:mat-khau@bao.example/", "không được mang tên người dùng"),
        ('"><script>alert(1)</script>', "Địa chỉ chưa đúng"),
    ],
)
def test_a_bad_address_is_refused_at_once_and_kept_in_the_form(house: House, url: str, said: str) -> None:
    client = house.client("an")
    answer = client.post("/nguon/_them", data={"token": token(client.get("/nguon/_them").text), "url": url})
    assert answer.status_code == 422 and said in answer.text and "<script>alert" not in answer.text
    assert not url or f'value="{url}"' in answer.text or "&lt;script" in answer.text
    assert house.rooms.store.requests.list() == []


def test_a_site_without_articles_is_shown_and_not_added(house: House) -> None:
    for path in [path for path in house.site.pages if path.startswith("/tin-ve")]:
        house.site.pages.pop(path)
    client = house.client("an")
    page = asked(client, house.site.base)
    house.work()
    shown = client.get(page).text
    assert "chưa đọc được bài nào" in shown and "[[source]]" in shown and "Thêm vào danh sách" not in shown
    form = {"token": token(shown), "name": "Báo", "tier": "2"}
    client.post(page, data=form)
    house.work()
    (last, *_) = house.rooms.store.requests.list(kind="add_source")
    assert last.state == "failed" and len(house.rooms.sources) == 1


def test_what_was_found_long_ago_is_looked_for_again(house: House) -> None:
    client = house.client("an")
    page = asked(client, house.site.base)
    house.work()
    added = confirm(client, page)
    house.now[0] = NOW + timedelta(days=8)
    house.work()
    shown = house.client("an").get(added).text
    assert "Chưa thêm được" in shown and "quá 7 ngày" in shown and len(house.rooms.sources) == 1


def test_a_hostile_site_stays_text(house: House) -> None:
    title = "&lt;script&gt;alert(1)&lt;/script&gt;Báo"
    feed = f'<link rel="alternate" type="application/rss+xml" href="{house.site.base}/tin.xml">'
    house.site.put("/", f"<html><head><title>{title}</title>{feed}</head></html>", **HTML)
    client = house.client("an")
    page = asked(client, house.site.base)
    house.work()
    shown = client.get(page).text
    assert "<script>alert" not in shown and "&lt;script&gt;alert(1)" in shown
    added = confirm(client, page, name="<b>Báo</b>", province="")
    house.work()
    assert "<b>Báo" not in client.get(added).text and house.rooms.sources[-1].name == "<b>Báo</b>"


def test_a_form_chooses_only_what_there_is(house: House) -> None:
    client = house.client("an")
    page = asked(client, house.site.base)
    house.work()
    form = {"token": token(client.get(page).text), "name": "Báo", "tier": "2", "province": ""}
    for wrong in ({"tier": "9"}, {"name": ""}, {"province": "Sao Hỏa"}):
        assert client.post(page, data=form | wrong).status_code == 422
    assert client.get("/nguon/_them/khong-co").status_code == 404
    training = house.rooms.store.requests.add("train", {}, "an", NOW)
    assert client.get(f"/nguon/_them/{training}").status_code == 404
    assert client.post(f"/nguon/_them/{training}", data=form).status_code == 404
    house.rooms.store.requests.add("add_source", {"what": training, "name": "x", "tier": 1}, "an", NOW)
    house.work()
    assert not (house.rooms.settings.data_dir / crawlers.sources.OWN).exists()


def test_a_slow_request_holds_up_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, ended = house.rooms.store.requests, asyncio.Event()

    async def slow(*_: Any) -> str:
        await ended.wait()
        return "chậm"

    async def quick(*_: Any) -> str:
        return "nhanh"

    monkeypatch.setitem(requests.KINDS, "slow", slow)
    monkeypatch.setitem(requests.KINDS, "quick", quick)

    async def work() -> None:
        first = kept.add("slow", {}, "an", NOW)
        waiting = asyncio.create_task(requests.answer(house.rooms))
        while not house.rooms.asked:
            await asyncio.sleep(0.01)
        second = kept.add("quick", {}, "binh", NOW)
        house.now[0] += timedelta(hours=1)  # the clock jumps: the first is still ours
        assert await requests.answer(house.rooms) == 1
        assert kept.get(second).state == "done" and kept.get(first).state == "running"  # type: ignore[union-attr]
        ended.set()
        assert await waiting == 1 and kept.get(first).state == "done"  # type: ignore[union-attr]

    asyncio.run(work())
    assert schedule.SIDE_BY_SIDE[requests.answer] > 1 and house.rooms.asked == set()


def test_no_row_is_written_without_its_line_in_the_log(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    client = house.client("an")
    page = asked(client, house.site.base)
    house.work()
    confirm(client, page)

    class Dies(BaseException):
        """The process, between two writes."""

    def dies(*_: Any) -> None:
        raise Dies

    with monkeypatch.context() as broken:
        broken.setattr(Path, "replace", dies)
        with pytest.raises(Dies):
            house.work()
    lines = [line for line in house.rooms.store.audit_log() if line.what == "thêm nguồn"]
    assert len(lines) == 1 and len(house.rooms.sources) == 1
    house.now[0] += timedelta(hours=1)  # what the dead one had taken is taken again
    assert house.work() == 1 and len(house.rooms.sources) == 2
