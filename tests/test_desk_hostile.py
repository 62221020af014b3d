"""Hundreds of hostile inputs through every page, the mails and the files, in a real Chromium whose content policy is switched off:
the escaping alone must hold. Nothing runs, nothing is loaded from elsewhere, nothing is calculated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page

import alerts.daily
import alerts.urgent
import knowledge
import store
from records import Act, Judged, Label, Placement, Reason, Signature
from tests import hostile
from tests.desk_support import NOW, ROLES, Rig, assessment, document
from tests.test_desk_browser import browser, pytestmark, served, signed_in  # noqa: F401

pytestmark = [pytestmark, pytest.mark.slow]
PAYLOADS = hostile.payloads()
KNOWN = knowledge.load()


class Watch:
    """What ran, and what was asked of other hosts, in one browser context."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.ran: list[str] = []
        self.asked: list[str] = []
        context.expose_binding("ran", lambda source: self.ran.append(str(source["page"].url)))
        context.on("request", lambda request: self._asked(request.url, base))
        context.on("dialog", lambda dialog: (self.ran.append(dialog.message), dialog.dismiss()))

    def _asked(self, url: str, base: str) -> None:
        if not url.startswith((base, "data:", "about:")):
            self.asked.append(url)

    def quiet(self) -> bool:
        return not self.ran and not self.asked


@pytest.fixture
def open_page(browser: Browser, served: tuple[Rig, str]) -> Iterator[tuple[Page, Watch, Rig, str]]:  # noqa: F811
    desk, base = served
    page = signed_in(browser, base, "duty_officer", bypass_csp=True)
    watch = Watch(page.context, base)
    yield page, watch, desk, base
    page.context.close()


def hostile_items(desk: Rig) -> list[str]:
    """One item a payload, with it in every field a page shows; their keys."""
    keys = []
    for number, payload in enumerate(PAYLOADS, 100):
        web = payload if payload in set(hostile.addresses()) else f"https://bao.example/{number}?{payload}"
        one = document(number, key=f"hostile:{number}", title=payload, lead=payload, body=f"BHXH {payload} mao danh", outlet=payload[:80],
                       url=web, authors=(payload,), published_at=NOW - timedelta(seconds=number))  # fmt: skip
        desk.store.documents.keep(one)
        kept = desk.store.documents.get(one.key)
        assert kept
        text, half = kept.text, len(kept.lead or "") // 2
        act = Act(
            "3c", "commits", 0.9, "text", half, half + 7, text[half : half + 7], payload, payload, payload, "L104-2016"
        )
        answer = assessment(one.key, acts=(act,), sentiment="negative", feedback="complaint", provinces=(payload,))
        placed = Placement(f"s-{number // 4}", None, Signature((number,), (1,), {"x": 1.0}))
        assert desk.store.settle(kept, answer, placed, Reason("urgent", "t", payload), [], NOW)
        desk.store.labels.add(Label(one.key, "sentiment", payload, "negative", payload[:60], NOW, payload))
        desk.store.cases.decide(one.key, "routed", "duty_officer", NOW, payload, routed_to=payload)
        keys.append(one.key)
    return keys


def test_there_are_enough_and_they_bite(browser: Browser) -> None:  # noqa: F811
    """Shown as they are, a good part of them runs or asks evil.example: a test that sees nothing would see nothing here."""
    assert len(PAYLOADS) >= 300
    bitten = 0
    for start in range(0, len(PAYLOADS), 40):
        context = browser.new_context(bypass_csp=True)
        watch, page = Watch(context, "http://127.0.0.1"), context.new_page()
        for payload in PAYLOADS[start : start + 40]:
            before = (len(watch.ran), len(watch.asked))
            try:
                page.set_content(f"<title>x</title><h1>{payload}</h1>", wait_until="commit")
                page.wait_for_timeout(20)
            except Error:  # it has led the page away
                page = context.new_page()
            bitten += before != (len(watch.ran), len(watch.asked))
        context.close()
    assert bitten >= 150, bitten


def test_no_page_runs_them(open_page: tuple[Page, Watch, Rig, str]) -> None:
    page, watch, desk, base = open_page
    keys = hostile_items(desk)
    desk.store.tallies.recount(NOW)
    for key in keys:
        page.goto(f"{base}/tin/{store.short_id(key)}", wait_until="domcontentloaded")
        assert watch.quiet(), (key, watch.ran, watch.asked)
    for number in range(1, len(keys) // 40 + 3):
        for query in ("", "&q=mao+danh", "&xem=vi_pham"):
            page.goto(f"{base}/tin?trang={number}{query}", wait_until="domcontentloaded")
    for story in {number // 4 for number in range(100, 100 + len(keys), 12)}:
        page.goto(f"{base}/dien-bien/s-{story}", wait_until="domcontentloaded")
    for address in ("/", "/tong-quan?ngay=7", "/thu", "/suc-khoe"):
        page.goto(base + address)
    page.wait_for_timeout(300)
    assert watch.quiet(), (watch.ran, watch.asked)


def test_no_address_of_a_page_runs_them(open_page: tuple[Page, Watch, Rig, str]) -> None:
    """What a link may carry: filters, searches, names."""
    page, watch, desk, base = open_page
    for part in range(0, len(PAYLOADS), 4):
        words, outlet, province, fact = (quoted(payload) for payload in [*PAYLOADS[part : part + 4], "", "", ""][:4])
        page.goto(f"{base}/tin?q={words}&co_quan={outlet}&tinh={province}", wait_until="domcontentloaded")
        page.goto(f"{base}/kien-thuc?q={fact}", wait_until="domcontentloaded")
    page.goto(base + "/dang-nhap?tiep=javascript:ran()")
    page.wait_for_timeout(200)
    assert watch.quiet() and desk.store.audit_intact(), (watch.ran, watch.asked)


def quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text, safe="")


def test_no_mail_runs_them(open_page: tuple[Page, Watch, Rig, str]) -> None:
    """Urgent mails and digests, on the desk's page of the mail and by themselves without any policy."""
    page, watch, desk, base = open_page
    judged = [one for key in hostile_items(desk) if (one := desk.store.judged.get(key))]
    unit = PAYLOADS[0]
    mails = [mail for one in judged for mail in alerts.urgent.messages(one, ["a@x.example"], base, unit, NOW, KNOWN)]
    for part in range(0, len(judged), 40):
        some: list[Judged] = [replace(one, case=None) for one in judged[part : part + 40]]
        day = NOW.date() + timedelta(days=part)
        mails += alerts.daily.messages(
            alerts.daily.Edition(day), some, ["a@x.example"], base, unit, NOW, KNOWN, PAYLOADS[part : part + 40]
        )
    assert len(mails) >= len(judged)
    desk.store.outbox.add(mails)
    bare = page.context.new_page()
    for number, mail in enumerate(mails):
        bare.set_content(mail.html, wait_until="domcontentloaded")
        if number % 20 == 0:
            page.goto(f"{base}/thu/{mail.id}/noi-dung", wait_until="domcontentloaded")
            page.goto(f"{base}/thu/{mail.id}", wait_until="domcontentloaded")
        assert watch.quiet(), (mail.subject, watch.ran, watch.asked)


def test_no_file_is_a_page(open_page: tuple[Page, Watch, Rig, str]) -> None:
    """Exports are downloads of a named type; taken for a page all the same, their words are text."""
    page, watch, desk, base = open_page
    hostile_items(desk)
    client = desk.client("analyst")
    for form in ("csv", "xlsx", "jsonl"):
        answer = client.get(f"/xuat/{form}?xem=tat_ca")
        assert (
            answer.headers["content-disposition"].startswith("attachment")
            and "html" not in answer.headers["content-type"]
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        with page.expect_download():
            page.evaluate("address => { location.href = address }", f"{base}/xuat/{form}?xem=tat_ca")
    titles = [json.loads(line)["Tiêu đề"] for line in client.get("/xuat/jsonl?xem=tat_ca").text.strip().split("\n")]
    assert len(titles) >= len(PAYLOADS) - 20 and watch.quiet()


def test_nothing_is_calculated(served: tuple[Rig, str], tmp_path: Path) -> None:  # noqa: F811
    """Template syntax appears letter by letter."""
    desk, _ = served
    hostile_items(desk)
    client = desk.client("duty_officer")
    for number, payload in enumerate(PAYLOADS, 100):
        if payload not in set(hostile.templates()):
            continue
        page = client.get(f"/tin/{store.short_id(f'hostile:{number}')}").text
        shown = (
            payload.replace("&", "&amp;")
            .replace("<", "&lt;")
            .replace(">", "&gt;")
            .replace('"', "&#34;")
            .replace("'", "&#39;")
        )
        assert shown in page and "49</h1>" not in page, payload
    assert ROLES
