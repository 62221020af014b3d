"""A day of each role in a real Chromium, from sign-in to sign-out, at a desk's and at a phone's width."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

import store
from desk import forms
from records import Reason
from tests import desk_sources_support
from tests.desk_support import NOW, QUOTE, ROLES, Rig, assessment, document
from tests.test_desk_browser import browser, pytestmark, served, signed_in  # noqa: F401
from tests.test_desk_knowing import KNOWN
from tests.test_received import image

pytestmark = [pytestmark, pytest.mark.slow]
WIDTHS = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 360, "height": 740}}


def way(page: Page, name: str) -> None:
    """Through the navigation, which a phone opens first."""
    page.wait_for_load_state()
    if page.viewport_size["width"] < 1000:  # type: ignore[index]
        page.get_by_role("link", name="Mục lục").click()
    with page.expect_navigation():
        page.get_by_role("navigation", name="Mục lục").get_by_role("link", name=name, exact=True).click()
    fits(page)


def fits(page: Page) -> None:
    """Nothing sticks out to the right of the window."""
    page.wait_for_load_state()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], page.url  # type: ignore[index]


def leave(page: Page) -> None:
    page.get_by_role("button", name="Đăng xuất").click()
    expect(page).to_have_url(re.compile("/dang-nhap"))
    page.go_back()
    page.reload()
    expect(page).to_have_url(re.compile("/dang-nhap"))


def viewer(page: Page, desk: Rig) -> None:
    expect(page.get_by_role("heading", name="Hộp việc")).to_be_visible()
    page.get_by_role("searchbox", name="Tìm trong mọi tin").fill("mao danh")
    page.keyboard.press("Enter")
    expect(page.locator("mark.hit").first).to_have_text("mạo danh")
    fits(page)
    page.get_by_text("Lưu tìm kiếm").click()
    page.get_by_label("Tên").fill("Mạo danh")
    page.get_by_label("gửi tin mới qua thư cho tôi").check()
    page.get_by_role("button", name="Lưu", exact=True).click()
    page.get_by_role("link", name="Mạo danh").click()
    page.locator("[data-item] h2 a").click()
    expect(page.locator("mark[title]")).to_have_text(QUOTE)
    fits(page)
    assert desk.store.searches.of("viewer")[0].mails


def analyst(page: Page, desk: Rig) -> None:
    way(page, "Tin")
    page.get_by_label("Sắc thái").select_option("negative")
    page.get_by_role("button", name="Lọc", exact=True).click()
    expect(page.get_by_text("Sắc thái: tiêu cực")).to_be_visible()
    page.get_by_text("Xuất", exact=True).click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    assert waiting.value.suggested_filename == "lang-nghe.csv"
    assert "mạo danh" in Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    way(page, "Gán nhãn")
    page.get_by_role("link", name="Hướng dẫn gán nhãn").click()
    fits(page)
    way(page, "Sự thật, quy định")
    page.locator("#q").fill("15 nam luong huu")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.get_by_role("link", name="Đề nghị sửa F001").click()
    page.get_by_label("Ghi chú").fill("đối chiếu lại")
    page.get_by_label("Căn cứ của đề nghị").fill("Luật 41/2024, Điều 64")
    fits(page)
    page.get_by_role("button", name="Gửi đề nghị").click()
    expect(page.get_by_text("chờ duyệt")).to_be_visible()
    assert desk.store.edits.list("waiting")[0].subject == "F001"


def duty_officer(page: Page, desk: Rig) -> None:
    content = forms.read("fact", forms.shown("fact", KNOWN.facts[0]) | {"note": "mới"})
    desk.store.edits.propose("fact", "F001", content, "Luật 41/2024", "analyst", NOW)
    page.get_by_role("link", name="Khẩn, chờ xác minh").click()
    page.get_by_role("link", name="Thông báo mạo danh").first.click()
    expect(page.locator("mark[title]")).to_have_text(QUOTE)
    fits(page)
    way(page, "Phản ánh, kiến nghị")
    expect(page.get_by_role("link", name=re.compile("Chờ ba tháng"))).to_be_visible()
    way(page, "Đề nghị sửa")
    page.get_by_label("Ghi chú").fill("đúng văn bản")
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("đã duyệt, đang dùng")).to_be_visible()
    way(page, "Thư đã lập")
    page.get_by_role("link", name="Bản tin ngày", exact=True).click()
    expect(page.frame_locator("iframe").get_by_text("Bản tin")).to_be_visible()
    fits(page)
    assert desk.app.state.desk.knowledge.fact("F001").note == "mới"


def province(page: Page, desk: Rig) -> None:
    expect(page.get_by_text("Thông báo mạo danh")).to_have_count(0)
    page.get_by_role("link", name="Báo tin").last.click()
    page.get_by_label("Tiêu đề").fill("Tờ rơi thu phí giữ thẻ")
    page.get_by_label("Đã thấy gì, ở đâu").fill("phát ở chợ Đông Ba")
    page.get_by_label("Nội dung").fill("Gọi số 0912345678 nộp 500 nghìn.")
    page.set_input_files("#files", {"name": "to-roi.png", "mimeType": "image/png", "buffer": image()})
    fits(page)
    page.get_by_role("button", name="Gửi", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Đã nhận")
    expect(page.get_by_text("đang chờ đánh giá")).to_be_visible()
    (sent,) = [one for one in desk.store.documents.unassessed("mới", 9) if one.kind == "report"]
    desk.store.settle(
        sent, assessment(sent.key), None, Reason("daily", "report", "Tỉnh báo, đã đưa vào bản tin."), [], NOW
    )
    desk.store.cases.decide(sent.key, "confirmed", "duty_officer", NOW, "đúng là lừa đảo")
    page.reload()
    expect(page.get_by_text("Tỉnh báo, đã đưa vào bản tin.")).to_be_visible()
    page.get_by_role("link", name="Tờ rơi thu phí giữ thẻ").click()
    expect(page.get_by_text("đúng là lừa đảo").first).to_be_visible()
    fits(page)


def unit(page: Page, desk: Rig) -> None:
    desk.store.officers.change(desk.store.officers.get("unit").__class__(  # type: ignore[union-attr]
        "unit", "Người unit", "unit@thu.example", ("unit",), None, "Ban Thực hiện chính sách BHYT"))  # fmt: skip
    desk.store.cases.decide(document(3).key, "routed", "duty_officer", NOW, routed_to="Ban Thực hiện chính sách BHYT")
    page.reload()
    page.get_by_role("link", name="Tin thử số 3").first.click()
    expect(page.get_by_text("trái quy định").first).to_be_visible()
    fits(page)
    way(page, "Luật theo ngày")
    expect(page.get_by_text("Điều 11").first).to_be_visible()


def leader(page: Page, desk: Rig) -> None:
    desk.store.tallies.recount(NOW)
    way(page, "Tổng quan")
    expect(page.get_by_role("link", name="Huế: 1 tin")).to_be_visible()
    page.locator("a.figure", has_text="tiêu cực").click()
    expect(page.locator("[data-item]")).to_have_count(2)
    fits(page)
    way(page, "Báo cáo tuần")
    way(page, "Thư đã lập")
    page.get_by_role("link", name="Bản tin ngày", exact=True).click()
    fits(page)


def admin(page: Page, desk: Rig) -> None:
    way(page, "Người nhận thư")
    page.get_by_label("Địa chỉ thư").fill("giam-doc@x.example")
    page.get_by_label("Loại thư").select_option("weekly")
    page.get_by_role("button", name="Thêm", exact=True).click()
    expect(page.get_by_text("giam-doc@x.example").first).to_be_visible()
    way(page, "Khóa API")
    page.get_by_label("Tên (phần mềm nào, của ai)").fill("Bảng tin")
    page.get_by_role("button", name="Tạo khóa").click()
    expect(page.get_by_text("chỉ hiện một lần này")).to_be_visible()
    fits(page)
    way(page, "Nhật ký")
    page.get_by_role("link", name="Kiểm tra tính toàn vẹn").click()
    expect(page.get_by_text("còn nguyên vẹn")).to_be_visible()
    fits(page)
    way(page, "Sức khỏe")
    desk_sources_support.fill(desk.store)
    way(page, "Nguồn tin")
    page.get_by_label("Tên, địa chỉ").fill("khoe manh")
    page.get_by_role("button", name="Lọc", exact=True).click()
    page.get_by_role("link", name="Báo Khỏe Mạnh").click()
    fits(page)
    page.get_by_role("button", name="Thử ngay").click()
    expect(page.get_by_text("admin giao thử nguồn này")).to_be_visible()
    page.get_by_label("Lý do").fill("tòa soạn đề nghị")
    page.get_by_role("button", name="Tạm dừng").click()
    expect(page.get_by_text("admin: tạm dừng nguồn")).to_be_visible()
    assert not desk.store.catalogue.switches()["khoe"].on
    way(page, "Nguồn tin")
    page.get_by_role("link", name="Thêm nguồn").click()
    page.get_by_label("Địa chỉ trang chủ").fill("bao-moi.example")
    page.get_by_role("button", name="Tìm và đọc thử").click()
    expect(page.get_by_text("Đang tìm")).to_be_visible()
    fits(page)
    way(page, "Tài khoản")
    fits(page)


DAYS: dict[str, Callable[[Page, Rig], None]] = {
    "viewer": viewer, "analyst": analyst, "duty_officer": duty_officer, "province": province, "unit": unit,
    "leader": leader, "admin": admin,
}  # fmt: skip


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role", ROLES)
def test_a_day(browser: Browser, served: tuple[Rig, str], role: str, width: str) -> None:  # noqa: F811
    desk, base = served
    page = signed_in(browser, base, role, viewport=WIDTHS[width])
    page.set_default_timeout(10_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
    DAYS[role](page, desk)
    leave(page)
    assert not faults


def test_keys_lead_around(browser: Browser, served: tuple[Rig, str]) -> None:  # noqa: F811
    desk, base = served
    page = signed_in(browser, base, "viewer")
    page.goto(base + "/tin")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{base}/tin/{store.short_id(document(2).key)}")
    page.wait_for_load_state()
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page).to_have_url(base + "/")
    page.wait_for_load_state()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("j?")
    assert page.evaluate("document.activeElement.value") == "j?", "a key typed into a field is a letter"
    assert desk.store.audit_intact()
