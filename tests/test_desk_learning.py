"""The page of what the machine learnt: the figures that were measured, who may decide, and the drift by the random sample."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import store
from desk import learning
from desk.pages import learning as learning_page
from nlp import promotion
from records import Label, Reason
from tests.desk_support import NOW, Rig, assessment, document, rig, token
from tests.test_desk_browser import CHROMIUM, browser, served, signed_in  # noqa: F401

FIGURE = {
    "where": "sample", "what": "sentiment", "lost": False,
    "change": {"before": 0.621, "after": 0.689, "low": 0.021, "high": 0.11, "gained": 0.99, "items": 210},
}  # fmt: skip
LOST = FIGURE | {"where": "challenge", "what": "act_recall", "lost": True}
MEASURED = {
    "items": 541,
    "sample": 210,
    "taught": {"sentiment": 422},
    "left": {"feedback": "phản ánh giảm 1 điểm"},
    "figures": [FIGURE, LOST],
}


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def model(number: int, state: store.models.State, hours: int = 0) -> store.Model:
    at = NOW + timedelta(hours=hours)
    return store.Model(
        f"lang-nghe-{number}", "lang-nghe-goc", "d" * 64, "0.1+c", "f" * 64, "analyst", at, MEASURED, state,
        f"lý do của {number} <b>", "analyst", at,
    )  # fmt: skip


def label(n: int, task: str, old: str, new: str, origin: str = "random", days: int = 0, by: str = "analyst") -> Label:
    return Label(document(n).key, task, old, new, by, NOW - timedelta(days=days), "", origin)  # type: ignore[arg-type]


def test_an_empty_page_says_what_to_do(desk: Rig) -> None:
    page = desk.client("leader").get("/may-da-hoc").text
    for words in (
        "Bộ trọng số gốc",
        "Mới có 0 tin",
        "Dưới 200 tin, máy không tự thay",
        "Chưa ai sửa",
        "Chưa học lần nào",
    ):
        assert words in page
    assert "Học từ nhãn ngay" not in page and "Học từ nhãn ngay" in desk.client("analyst").get("/may-da-hoc").text


def test_the_page_says_how_many_texts_wait_for_the_new_model(desk: Rig) -> None:
    def said() -> str:
        return " ".join(desk.client("analyst").get("/may-da-hoc").text.split())

    assert "Mọi tin của 60 ngày gần đây đã có kết quả của thử-1" in said()
    desk.store.models.add(model(1, "in force"))
    assert "Chưa bắt đầu đánh giá lại" in said()
    for left in (3, 2, 1, 0):
        one = desk.store.documents.unassessed("lang-nghe-1", 1)[0]
        desk.store.settle(one, assessment(one.key, model="lang-nghe-1"), None, Reason("none", "x", "x"), [], NOW)
        if left:
            assert f"còn {left} tin của 60 ngày gần đây" in said()
    assert "Mọi tin của 60 ngày gần đây đã có kết quả của lang-nghe-1" in said()


def test_the_page_shows_the_figures_that_were_measured(desk: Rig) -> None:
    desk.store.models.add(model(1, "in force"))
    page = desk.client("analyst").get("/may-da-hoc").text
    for words in (
        "62,1",
        "68,9",
        "+6,8",
        "+2,1 đến +11,0",
        "210",
        "422",
        "d" * 12,
        "0.1+c",
        "lang-nghe-goc",
        "kém đi",
        "phần giữ như cũ: phản ánh (nếu đổi: phản ánh giảm 1 điểm)",
    ):
        assert words in page, words
    assert "lý do của 1 &lt;b&gt;" in page and "/may-da-hoc/bo" not in page, "an analyst takes nothing back"


def test_few_is_few_for_the_page_and_for_the_machine() -> None:
    assert learning_page.ENOUGH == promotion.ENOUGH


def test_a_model_that_cannot_be_loaded_is_told_beside_it(desk: Rig) -> None:
    desk.store.models.add(model(1, "in force"))
    desk.store.runs.note_problem("judge", "lang-nghe-1", "không dùng mô hình đã học: mô hình bị hỏng", NOW)
    assert "mô hình bị hỏng" in desk.client("analyst").get("/may-da-hoc").text
    desk.now[0] += timedelta(hours=2)
    assert "mô hình bị hỏng" not in desk.client("analyst").get("/may-da-hoc").text


def test_an_admin_takes_back_with_one_press(desk: Rig) -> None:
    desk.store.models.add(model(1, "in force"))
    desk.store.models.add(model(2, "in force", 1))
    admin = desk.client("admin")
    page = admin.get("/may-da-hoc").text
    assert "Quay lại lang-nghe-1" in page
    form = {"token": token(page), "version": "lang-nghe-2"}
    assert admin.post("/may-da-hoc/bo", data=form).status_code == 303
    assert [one.version for one in desk.store.models.pile()] == ["lang-nghe-1"]
    assert admin.post("/may-da-hoc/bo", data=form).status_code == 409, "pressed twice, it goes back one step"
    line = desk.store.audit_log()[0]
    assert (line.who, line.what, line.subject) == ("admin", "bỏ mô hình", "lang-nghe-2")


def test_a_candidate_is_accepted_by_an_admin_with_a_reason_only(desk: Rig) -> None:
    desk.store.models.add(model(1, "candidate"))
    admin, analyst = desk.client("admin"), desk.client("analyst")
    form = {"token": token(admin.get("/may-da-hoc").text), "version": "lang-nghe-1"}
    assert admin.post("/may-da-hoc/dung", data=form | {"reason": ""}).status_code == 422
    theirs = {"token": token(analyst.get("/may-da-hoc").text), "version": "lang-nghe-1", "reason": "tin tôi đi"}
    assert analyst.post("/may-da-hoc/dung", data=theirs).status_code == 403 and not desk.store.models.pile()
    assert admin.post("/may-da-hoc/dung", data=form | {"reason": "đã đọc 40 tin"}).status_code == 303
    (row,) = desk.store.models.pile()
    assert (row.decided_by, row.reason) == ("admin", "đã đọc 40 tin")


def test_what_lost_something_cannot_be_accepted(desk: Rig) -> None:
    desk.store.models.add(model(1, "aside"))
    admin = desk.client("admin")
    page = admin.get("/may-da-hoc").text
    assert "/may-da-hoc/dung" not in page
    form = {"token": token(page), "version": "lang-nghe-1", "reason": "cứ dùng"}
    assert admin.post("/may-da-hoc/dung", data=form).status_code == 409 and not desk.store.models.pile()


def test_a_learning_is_asked_for_once_and_its_progress_shown(desk: Rig) -> None:
    analyst = desk.client("analyst")
    assert analyst.post("/may-da-hoc/hoc", data={"token": token(analyst.get("/may-da-hoc").text)}).status_code == 303
    (asked,) = desk.store.requests.list()
    assert (asked.kind, asked.by) == ("train", "analyst")
    taken = desk.store.requests.take(NOW)
    assert taken
    desk.store.requests.progress(taken.id, "đang học từ 541 tin", NOW)
    page = analyst.get("/may-da-hoc").text
    assert "đang học từ 541 tin" in page and "Học từ nhãn ngay" not in page


def test_what_people_changed_is_told_in_words(desk: Rig) -> None:
    desk.store.labels.add_all([label(n, "topics", "bhyt_kcb", "luong_huu;khac", "correction") for n in (1, 2)])
    desk.store.labels.add(label(3, "sentiment", "", "negative", "correction"))
    page = desk.client("analyst").get("/may-da-hoc").text
    assert "Lương hưu; khác" in page and "tiêu cực" in page and "luong_huu" not in page


def test_agreement_by_week_is_that_of_the_sample_as_it_was_first_answered() -> None:
    found = learning.weeks([
        label(1, "sentiment", "negative", "neutral", days=7),
        label(1, "sentiment", "neutral", "neutral", days=6),
        label(2, "sentiment", "positive", "positive", days=7),
        label(2, "topics", "luong_huu;khac", "luong_huu", days=7),
        label(3, "sentiment", "negative", "negative"),
        label(4, "sentiment", "", "negative"),
    ])  # fmt: skip
    now, before = found
    assert now.name > before.name and (now.items, before.items) == (2, 2)
    assert before.agreed["sentiment"][:2] == (1, 2) and before.agreed["topics"][:2] == (1, 1)
    assert now.agreed["sentiment"][:2] == (1, 1), "where the machine had no answer there is nothing to agree with"
    assert before.tones == {"neutral": 1, "positive": 1} and now.tones == {"negative": 2}


def test_corrections_say_nothing_of_how_often_the_machine_is_right(desk: Rig) -> None:
    desk.store.labels.add(label(1, "sentiment", "negative", "positive", "correction"))
    desk.store.labels.add(label(2, "sentiment", "negative", "negative"))
    page = desk.client("analyst").get("/may-da-hoc").text
    assert "100 % (" in page and "50 %" not in page and "Mới có 1 tin" in page


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
@pytest.mark.parametrize("width", [1280, 360])
def test_an_admin_reads_accepts_and_takes_back_in_a_browser(
    browser: Browser,  # noqa: F811
    served: tuple[Rig, str],  # noqa: F811
    width: int,
) -> None:
    desk, base = served
    desk.store.models.add(model(1, "candidate"))
    page = signed_in(browser, base, "admin", viewport={"width": width, "height": 800})
    page.goto(base + "/may-da-hoc")
    page.fill("#why-1", "đã đọc 40 tin")
    page.click("button:has-text('Dùng mô hình này')")
    assert "đã đọc 40 tin" in page.inner_text("section:has-text('Mô hình đang dùng')")
    page.click("button:has-text('Quay lại bộ trọng số gốc')")
    assert "Bộ trọng số gốc kèm sản phẩm" in page.inner_text("main") and not desk.store.models.pile()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
