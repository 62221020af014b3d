"""Every page of the desk before axe-core in a real Chromium: nothing serious or critical, light and dark, wide and narrow."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

import store
from desk import access, answering
from desk.app import routes
from records import Attachment, Officer
from store import Intake, Recipient
from tests import desk_sources_support
from tests.desk_support import HASH, NOW, Rig, document
from tests.test_desk_browser import browser, pytestmark, served, signed_in  # noqa: F401
from tests.test_desk_knowing import LAW
from tests.test_desk_labelling import unsure
from tests.test_desk_learning import model
from tests.test_desk_routes import PARTS

pytestmark = [pytestmark, pytest.mark.slow]
ALL = ("analyst", "duty_officer", "leader", "unit", "admin")
FILES = {"/xuat/{form}", "/nhan/label-studio", "/bao-cao/{week}/{name}", "/khoe", "/thu/{number}/noi-dung"}
"""answers that are no page of ours"""


def busy(desk: Rig) -> dict[str, str]:
    """Something on every page; what stands for the parts of a path."""
    kept, first = desk.store, document(1)
    kept.officers.add(Officer("tat-ca", "Người mọi vai trò", "tat-ca@x.example", ALL, None, "Ban BHYT"), HASH)  # type: ignore[arg-type]
    kept.cases.decide(first.key, "confirmed", "duty_officer", NOW, "đúng", routed_to="Huế")
    kept.cases.impact_confirmed(first.key, "duty_officer", NOW)
    kept.edits.propose("law", "TCTT-2026", {"id": "TCTT-2026", "name": LAW["name"], "valid_from": "2026-09-01", "article": "Điều 9"},
                       "Công báo", "analyst", NOW)  # fmt: skip
    kept.recipients.add(Recipient("daily", "a@x.example", "Chị A", "admin", NOW))
    kept.searches.add("tat-ca", "Tiêu cực", {"sac_thai": "negative"}, store.Filter(sentiment="negative"), True, NOW)
    kept.tokens.make("Bảng tin", "viewer", None, NOW.replace(year=2027), "admin", NOW)
    kept.intakes.add(Intake("report:x", "tat-ca", NOW, "chợ"), [Attachment("anh-1.png", "image/png", b"x")])
    kept.sources.polled("bao-hong", NOW, False, "hết giờ", 0, 0)
    desk_sources_support.fill(kept)
    kept.runs.note_problem("job", "collect", "lỗi", NOW)
    found, waiting = desk_sources_support.looked(kept)
    kept.requests.add("train", {"what": ""}, "analyst", NOW)
    for number, state in enumerate(("in force", "aside", "candidate")):
        kept.models.add(model(number, state, number))  # type: ignore[arg-type]
    kept.tallies.recount(NOW)
    parts = [
        {"id": "de-xuat", "heading": "IX. ĐỀ XUẤT", "blocks": [{"items": [{"text": "Phân công người xác minh."}]}]}
    ]
    files = {"bao-cao-2026-W33.json": json.dumps({"report": parts}).encode()}
    kept.reports.freeze("2026-W33", kept.figures(NOW - timedelta(days=7), NOW, NOW, {}), files, NOW)
    kept.reports.edit("2026-W33", "de-xuat", "Họp báo.", "analyst", NOW)
    kept.queues.draw("2026-W33", NOW - timedelta(days=30), NOW + timedelta(days=1), "hạt", (9, 9), NOW)
    unsure(desk, 9, margins=dict.fromkeys(answering.EVERY, 0.0))
    (mail,) = kept.outbox.list()
    return PARTS | {
        "short": store.short_id(first.key),
        "story": f"s-{store.short_id(first.key)}",
        "number": mail.id,
        "kind": "fact",
        "week": "2026-W33",
        "source": "hong",
        "found": found,
        "waiting": waiting,
    }


def addresses(parts: dict[str, str]) -> list[str]:
    """Every page a GET leads to, and some with what people choose on them."""
    wanted = [route for route in routes() if "GET" in (route.methods or set()) and route.path not in FILES]
    found = [
        route.path.format_map(parts) for route in wanted if not route.path.startswith(("/api/", "/tin/{short}/anh"))
    ]
    more = ["/tin?q=mao+danh&sac_thai=negative&dieu=3c", "/tin?q=khongcogi", "/kien-thuc/sua/fact?ten=F001",
            "/kien-thuc/sua/law?ten=TCTT-2026", "/kien-thuc/sua/clause", "/kien-thuc/sua/campaign", "/nhat-ky?kiem=1",
            "/nguon?q=khongcogi", "/nguon/cho", "/nguon/nghi", "/nguon/xau",
            "/tong-quan?ngay=90", "/khong-co-trang-nay", *(f"/gan-nhan/it-chac/{task}" for task in answering.EVERY)]  # fmt: skip
    return [*found, *more, *(f"/nguon/_them/{parts[look]}" for look in ("found", "waiting"))]


def grave(page: Page) -> list[str]:
    options: Any = {
        "resultTypes": ["violations"],
        "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{page.url}: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_no_page_is_hard_to_use(browser: Browser, served: tuple[Rig, str], scheme: str, width: int) -> None:  # noqa: F811
    desk, base = served
    parts = busy(desk)
    assert {route.path for route in routes()} >= FILES
    page = signed_in(browser, base, "tat-ca", viewport={"width": width, "height": 900}, color_scheme=scheme)
    wrong: list[str] = []
    for address in addresses(parts):
        if address in access.PUBLIC:
            continue
        page.goto(base + address)
        wrong += grave(page)
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wrong.append(f"{address}: wider than {width}")
    alone = browser.new_context(color_scheme=scheme).new_page()  # type: ignore[arg-type]
    alone.goto(base + "/dang-nhap")
    wrong += grave(alone)
    assert not wrong, "\n".join(wrong)


def test_axe_sees_what_is_wrong(browser: Browser, tmp_path: Path) -> None:  # noqa: F811
    page = browser.new_page()
    page.set_content("<main><img src=x><button></button><p style='color:#ccc;background:#fff'>mờ</p></main>")
    assert {"image-alt", "button-name", "color-contrast"} <= {
        line.split(": ")[-2].split(" ")[0] for line in grave(page)
    }
