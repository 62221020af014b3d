"""Labelling by keys in a real Chromium: one key an answer, undo, copies, acts marked in the text, no script at all."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

import store
from tests.desk_support import QUOTE, Rig, assessment, document
from tests.test_desk_axe import grave
from tests.test_desk_browser import browser, pytestmark, served, signed_in  # noqa: F401
from tests.test_desk_labelling import COPIES, OTHERS, draw, dump, labels_of, settle, story_of_thirty, unsure

pytestmark = [pytestmark, pytest.mark.slow]


def at(page: Page, base: str, address: str) -> None:
    page.goto(base + address)
    page.wait_for_load_state()


def press(page: Page, key: str) -> None:
    """A key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)
    page.wait_for_load_state()


def asked(page: Page) -> str:
    return page.locator('form[data-answer] input[name="short"]').get_attribute("value") or ""


def test_one_key_an_answer_and_undo(browser: Browser, served: tuple[Rig, str]) -> None:  # noqa: F811
    desk, base = served
    unsure(desk, *range(10, 20))
    page = signed_in(browser, base, "analyst")
    at(page, base, "/gan-nhan/it-chac/sentiment")
    for number, key in zip(range(10, 15), "12312", strict=True):
        assert asked(page) == store.short_id(document(number).key)
        press(page, key)
    tones = ["negative", "neutral", "positive", "negative", "neutral"]
    assert [labels_of(desk, n)["sentiment"] for n in range(10, 15)] == tones
    press(page, "u")
    assert asked(page) == store.short_id(document(14).key) and labels_of(desk, 14) == {}
    press(page, "u")
    assert asked(page) == store.short_id(document(13).key) and labels_of(desk, 13) == {}
    press(page, "3")
    press(page, "s")
    assert labels_of(desk, 13) == {"sentiment": "positive"}
    page.keyboard.press("9")
    assert page.url == base + "/gan-nhan/it-chac/sentiment" and len(desk.store.labels.all()) == 4


def test_guideline_and_keys_are_one_key_away(browser: Browser, served: tuple[Rig, str]) -> None:  # noqa: F811
    desk, base = served
    unsure(desk, 10)
    page = signed_in(browser, base, "analyst")
    at(page, base, "/gan-nhan/it-chac/sentiment")
    page.keyboard.press("g")
    expect(page.get_by_role("dialog", name="Hướng dẫn gán nhãn")).to_be_visible()
    assert not grave(page)
    page.keyboard.press("1")
    page.keyboard.press("g")
    expect(page.get_by_role("dialog", name="Hướng dẫn gán nhãn")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_text("hoàn tác lần ghi gần nhất")).to_be_visible()
    assert not grave(page)
    page.keyboard.press("2")
    page.keyboard.press("Escape")
    assert not desk.store.labels.all(), "an open dialog takes the keys"
    page.keyboard.press("/")
    page.keyboard.type("1u")
    assert not desk.store.labels.all(), "a key typed into a field is a letter"


def test_a_whole_item_by_keys(browser: Browser, served: tuple[Rig, str]) -> None:  # noqa: F811
    desk, base = served
    draw(desk)
    page = signed_in(browser, base, "analyst")
    at(page, base, "/gan-nhan/ngau-nhien/all")
    while page.locator("#tieu-de").inner_text() != "Thông báo mạo danh":
        press(page, "0")
    for key in ("2", "1", "5", "1", "Shift+4", "y"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.save !== undefined"), "after the last task the button is next"
    page.keyboard.press("Backspace")
    page.keyboard.press("e")
    page.keyboard.press("t")
    page.keyboard.type("hue")
    page.keyboard.press("Escape")
    mark(page, QUOTE)
    page.keyboard.press("h")
    page.keyboard.type("3c")
    page.keyboard.press("Escape")
    press(page, "Enter")
    document_ = desk.store.documents.get(document(1).key)
    assert document_
    start = document_.text.index(QUOTE)
    assert labels_of(desk, 1) == {
        "relevance": "2", "sentiment": "negative", "target": "fraudster", "feedback": "none", "topics": "thai_san;luong_huu",
        "provinces": "Huế", "acts": f"3c:commits:text:{start}:{start + len(QUOTE)}",
    }  # fmt: skip


def mark(page: Page, words: str) -> None:
    """Selects the words in the text, as a mouse would."""
    found = page.evaluate(
        """(words) => {
            const walk = document.createTreeWalker(document.querySelector("[data-field=text]"), NodeFilter.SHOW_TEXT);
            for (let node = walk.nextNode(); node; node = walk.nextNode()) {
                const at = node.data.indexOf(words);
                if (at < 0) continue;
                document.getSelection().setBaseAndExtent(node, at, node, at + words.length);
                return true;
            }
            return false;
        }""",
        words,
    )
    assert found


def test_offsets_count_code_points(browser: Browser, served: tuple[Rig, str]) -> None:  # noqa: F811
    """A character outside the first plane is two units in a browser and one here; marks before the words do not count."""
    desk, base = served
    body = f"😀😀 Nộp phí. {QUOTE} rồi lại {QUOTE} nữa."
    one = document(11, lead=None, body=body)
    settle(desk, one, assessment(one.key, margins={"acts": 0.001}))
    page = signed_in(browser, base, "analyst")
    at(page, base, "/gan-nhan/it-chac/acts")
    page.evaluate(
        """(words) => { const node = document.querySelector("[data-field=text]").firstChild; const at = node.data.lastIndexOf(words);
            document.getSelection().setBaseAndExtent(node, at, node, at + words.length); }""",
        QUOTE,
    )
    page.keyboard.press("h")
    page.keyboard.type("3c")
    page.keyboard.press("Escape")
    press(page, "Enter")
    start = body.rindex(QUOTE)
    assert labels_of(desk, 11) == {"acts": f"3c:commits:text:{start}:{start + len(QUOTE)}"}


@pytest.mark.parametrize("width", [1280, 360])
def test_copies_by_a_key_and_taken_back(browser: Browser, served: tuple[Rig, str], width: int) -> None:  # noqa: F811
    desk, base = served
    story_of_thirty(desk)
    page = signed_in(browser, base, "analyst", viewport={"width": width, "height": 800})
    at(page, base, "/gan-nhan/it-chac/sentiment")
    while not page.locator("input[name=copies]").count():
        press(page, "2")
    before = dump(desk)
    expect(page.get_by_text("Áp dụng cho 29 bản gần trùng")).to_be_visible()
    assert not grave(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("c")
    expect(page.locator("input[name=copies]")).to_be_checked()
    press(page, "1")
    expect(page.get_by_text("cả cho 29 bản gần trùng")).to_be_visible()
    assert [n for n in (*COPIES, *OTHERS) if labels_of(desk, n).get("sentiment") == "negative"] == list(COPIES)
    press(page, "u")
    after = dump(desk)
    assert {name for name in after if after[name] != before[name]} <= {"questions"}


def test_without_a_script_the_forms_work(browser: Browser, served: tuple[Rig, str]) -> None:  # noqa: F811
    desk, base = served
    unsure(
        desk,
        10,
        11,
        margins={"sentiment": 0.01, "acts": 0.01, "provinces": 0.0},
        provinces_unsure=(("Huế", "Đà Nẵng"),),
    )
    page = signed_in(browser, base, "analyst", java_script_enabled=False)
    page.goto(base + "/gan-nhan/it-chac/sentiment")
    page.get_by_role("button", name="tiêu cực").click()
    page.get_by_role("button", name="Hoàn tác").click()
    page.get_by_role("button", name="tích cực").click()
    page.goto(base + "/gan-nhan/it-chac/acts")
    page.get_by_label("Hành vi 1", exact=True).select_option("1e")
    page.get_by_label("Đoạn trích của hành vi 1").fill("Nội dung")
    page.get_by_role("button", name="Ghi, sang tin sau").click()
    page.goto(base + "/gan-nhan/it-chac/provinces")
    page.get_by_label("Tỉnh, thành phố khác").fill("can tho")
    press(page, "Enter")
    found = {label.task: label.new for label in desk.store.labels.all()}
    assert (
        found["sentiment"] == "positive"
        and found["acts"].startswith("1e:commits:text:")
        and found["provinces"] == "Cần Thơ"
    )
    page.goto(base + "/gan-nhan/huong-dan")
    expect(page.get_by_role("heading", name="Hướng dẫn gán nhãn")).to_be_visible()
