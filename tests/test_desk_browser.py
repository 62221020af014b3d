"""The desk in a real browser: Debian's Chromium driven by Playwright, the real server beside it."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

import store
from tests.desk_support import PASSWORD, QUOTE, SHARP, Rig, document, rig

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Rig, str]]:
    desk = rig(tmp_path)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)  # who comes before the server is ready waits in line
        server = uvicorn.Server(uvicorn.Config(desk.app, log_level="error", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield desk, f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)


def signed_in(browser: Browser, base: str, login: str, **options: object) -> Page:
    page = browser.new_context(locale="vi-VN", **options).new_page()  # type: ignore[arg-type]
    page.goto(base + "/")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("button:has-text('Đăng nhập')")
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_an_officer_finds_reads_and_dismisses(browser: Browser, served: tuple[Rig, str], javascript: bool) -> None:
    desk, base = served
    page = signed_in(browser, base, "duty_officer", java_script_enabled=javascript)
    page.goto(base + "/tin")
    page.fill("#q", "mao danh")
    page.click("button:has-text('Lọc')")
    page.click("[data-item] h2 a")
    assert page.inner_text("mark[title]") == QUOTE
    page.fill("#note", "Bài cảnh báo, không phải kẻ lừa đảo.")
    page.click("button:has-text('Loại')")
    assert "Đã loại" in page.inner_text("main")
    case = desk.store.cases.get(document(1).key)
    assert case and case.status == "dismissed"


def test_nothing_hostile_runs_or_is_loaded(browser: Browser, served: tuple[Rig, str]) -> None:
    desk, base = served
    page = signed_in(browser, base, "duty_officer")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: pytest.fail(f"a script ran: {dialog.message}"))
    (mail,) = desk.store.outbox.list()
    for address in ("/", "/tin", f"/tin/{store.short_id(document(2).key)}", f"/thu/{mail.id}"):
        page.goto(base + address)
        page.wait_for_load_state("load")
    assert SHARP.split(">")[-1].strip() in page.context.new_page().goto(base + "/tin").text()  # type: ignore[union-attr]
    assert all(url.startswith(base) for url in asked), asked


def test_the_pages_fit_a_phone(browser: Browser, served: tuple[Rig, str]) -> None:
    _, base = served
    page = signed_in(browser, base, "admin", viewport={"width": 360, "height": 740})
    for address in ("/", "/tin", f"/tin/{store.short_id(document(1).key)}", "/thu", "/suc-khoe", "/tai-khoan", "/viec"):
        page.goto(base + address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
