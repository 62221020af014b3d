"""Labelling on the desk: one key an answer, blind where it measures, copies in one go, and taken back to the row."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text
from starlette.testclient import TestClient

import store
from records import Assessment, Document, Label, Placement, Reason, Signature
from tests.desk_support import NOW, QUOTE, Rig, assessment, document, rig, token

COPIES = range(100, 130)
OTHERS = range(130, 133)
REASON = Reason("daily", "test", "Lý do để thử.")
WHOLE = {"relevance": "2", "sentiment": "negative", "target": "hospital", "feedback": "complaint", "topics": "bhyt_kcb"}


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def settle(desk: Rig, one: Document, said: Assessment, story: str | None = None, near: str | None = None) -> None:
    desk.store.documents.keep(one)
    placement = Placement(story or one.key, near, Signature((hash(one.key) % 10**9,), (1,), {"bảo hiểm": 1.0}))
    assert desk.store.settle(one, said, placement, REASON, [], NOW)


def unsure(desk: Rig, *numbers: int, **values: Any) -> None:
    for number in numbers:
        one = document(number)
        settle(desk, one, assessment(one.key, **({"margins": {"sentiment": number / 1000}} | values)))


def story_of_thirty(desk: Rig) -> None:
    """30 near-copies and three other reports of the same event; the first copy is one the machine was unsure of."""
    for number in (*COPIES, *OTHERS):
        one = document(number)
        near = document(number - 1).key if number in COPIES and number > COPIES[0] else None
        settle(desk, one, assessment(one.key, margins={"sentiment": 0.1, "acts": 0.1}), "s-30", near)


def draw(desk: Rig) -> None:
    start = NOW - timedelta(days=30)
    assert desk.store.queues.draw("2026-W33", start, NOW + timedelta(days=1), "hạt", (50, 50), NOW)


def dump(desk: Rig) -> dict[str, list[Any]]:
    """Every row of every table, but for what only counts visits and changes, and for answers that were taken back."""
    engine = create_engine(desk.app.state.desk.settings.database_url)
    skipped = {"sessions", "stale_days", "audit_log", "audit_head", "sqlite_sequence"}
    found = {}
    with engine.connect() as connection:
        for name in sorted(set(inspect(engine).get_table_names()) - skipped):
            rows = [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}")).mappings()]
            if name == "labels":
                rows = [
                    tuple(row) for row in connection.execute(text("SELECT * FROM labels WHERE withdrawn_at IS NULL"))
                ]
            else:
                rows = [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))]
            found[name] = sorted(rows, key=repr)
    engine.dispose()
    return found


def opened(client: TestClient, address: str) -> tuple[str, dict[str, str]]:
    """The page of a question, and the fields of its form."""
    page = client.get(address).text
    short = re.search(r'name="short" value="([0-9a-f]{16})"', page)
    assert short, page[-2000:]
    return page, {"token": token(page), "short": short[1]}


def answers(client: TestClient, address: str, **given: Any) -> str:
    """Answers the question that is asked; gives its short id."""
    _, form = opened(client, address)
    answer = client.post(address, data=form | given)
    assert answer.status_code == 303 and answer.headers["location"] == address, answer.text
    return form["short"]


def batch_of(page: str) -> str:
    found = re.search(r'name="batch" value="([0-9a-f]{16})"', page)
    assert found
    return found[1]


def undo(client: TestClient, page: str, back: str = "/gan-nhan") -> Any:
    return client.post("/gan-nhan/hoan-tac", data={"token": token(page), "batch": batch_of(page), "back": back})


def labels_of(desk: Rig, number: int) -> dict[str, str]:
    found = desk.store.judged.get(document(number).key)
    assert found
    return dict(found.labels)


def test_what_waits_is_told_by_queue_and_task(desk: Rig) -> None:
    unsure(desk, 11, 12, margins={"sentiment": 0.1, "provinces": 0.0})
    draw(desk)
    page = desk.client("analyst").get("/gan-nhan").text
    assert 'href="/gan-nhan/it-chac/sentiment"' in page and 'href="/gan-nhan/ngau-nhien/all"' in page
    assert "tuần 33/2026" in page and "Chưa có hai câu trả lời nào khác nhau." in page
    assert "câu hỏi của máy chờ người gán nhãn" in desk.client("analyst").get("/").text
    assert desk.client("analyst").get("/gan-nhan/huong-dan").text.count("Không bao giờ là hành vi") == 1
    for address in ("/gan-nhan/khong-co/sentiment", "/gan-nhan/it-chac/khong-co"):
        assert desk.client("analyst").get(address).status_code == 404


def test_one_choice_answers_and_the_next_item_comes(desk: Rig) -> None:
    unsure(desk, 11, 12)
    client, address = desk.client("analyst"), "/gan-nhan/it-chac/sentiment"
    page, form = opened(client, address)
    assert form["short"] == store.short_id(document(11).key) and "còn 2 tin" in page
    assert re.search(r'value="neutral" data-key="2">.*máy', page), "what the machine said stands beside the choice"
    answers(client, address, sentiment="negative")
    (label,) = desk.store.labels.of(document(11).key)
    assert (label.old, label.new, label.origin, label.by) == ("neutral", "negative", "unsure", "analyst")
    page, form = opened(client, address)
    assert form["short"] == store.short_id(document(12).key) and "Đã ghi" in page
    answers(client, address, sentiment="neutral")
    assert "Hết tin trong hàng này" in client.get(address).text
    assert desk.store.audit_log(1)[0].what == "gán nhãn"


def test_an_answer_is_taken_back_and_asked_again(desk: Rig) -> None:
    unsure(desk, 11, 12, 13)
    client, address = desk.client("analyst"), "/gan-nhan/it-chac/sentiment"
    before = dump(desk)
    first = answers(client, address, sentiment="negative")
    page, _ = opened(client, address)
    answer = undo(client, page, address)
    assert answer.status_code == 303 and answer.headers["location"] == address
    assert opened(client, address)[1]["short"] == first
    after = dump(desk)
    assert {name for name in after if after[name] != before[name]} <= {"questions"}, "but for who has which question"
    assert undo(client, page, address).status_code == 409, "once"
    assert undo(client, page, "//evil.example").status_code == 409
    answers(client, address, sentiment="positive")
    page = client.get(address).text
    assert undo(desk.client("duty_officer"), page).status_code == 403, "the form of another session"
    other = desk.client("duty_officer")
    form = {"token": token(other.get("/gan-nhan").text), "batch": batch_of(page)}
    assert other.post("/gan-nhan/hoan-tac", data=form).status_code == 409, "the answer of another person"
    assert labels_of(desk, 11) == {"sentiment": "positive"}


def test_a_question_is_one_persons(desk: Rig) -> None:
    unsure(desk, 11, 12)
    one, other, address = desk.client("analyst"), desk.client("duty_officer"), "/gan-nhan/it-chac/sentiment"
    _, mine = opened(one, address)
    page, theirs = opened(other, address)
    assert mine["short"] != theirs["short"]
    stolen = {"token": token(page), "short": mine["short"], "sentiment": "positive"}
    answer = other.post(address, data=stolen)
    assert answer.status_code == 409 and "người khác" in answer.text and not desk.store.labels.all()
    assert f'href="{address}">Mở tin tiếp theo' in answer.text
    skip = {"token": token(page), "short": theirs["short"]}
    assert other.post(f"{address}/bo-qua", data=skip).status_code == 303
    assert "Hết tin" in other.get(address).text
    answers(one, address, sentiment="neutral")
    assert opened(one, address)[1]["short"] == theirs["short"]


def test_the_random_sample_hides_the_machine_until_the_answer_is_kept(desk: Rig) -> None:
    draw(desk)
    client, address = desk.client("analyst"), "/gan-nhan/ngau-nhien/all"
    for _ in range(4):
        page, form = opened(client, address)
        body = page.split("<main")[1].split("<dialog")[0]
        asked = body.split("</div>\n{% endif %}")[0] if "told" not in body else body.split('class="two label"')[1]
        assert "checked" not in asked and "máy" not in asked and "<mark" not in asked and "trái quy định" not in asked
        assert f"/tin/{form['short']}" not in asked, "no way to the item's page before the answer"
        answers(client, address, **WHOLE)
    flagged = {label.task: label for label in desk.store.labels.of(document(1).key)}
    assert set(flagged) == {*WHOLE, "provinces", "acts"} and flagged["acts"].new == ""
    assert flagged["acts"].old.startswith("3c:commits:text:") and flagged["sentiment"].origin == "random"
    told = client.get(address).text
    assert "máy trả lời Sắc thái: " in told or "máy trả lời Phản ánh" in told


def test_what_is_not_about_the_field_needs_one_answer(desk: Rig) -> None:
    draw(desk)
    client, address = desk.client("analyst"), "/gan-nhan/ngau-nhien/all"
    short = answers(client, address, relevance="0")
    (label,) = [label for label in desk.store.labels.all() if store.short_id(label.document) == short]
    assert (label.task, label.new) == ("relevance", "0")
    _, form = opened(client, address)
    answer = client.post(address, data=form | {"relevance": "2", "sentiment": "negative"})
    assert answer.status_code == 422 and "Chưa chọn: Đối tượng bị phê phán" in answer.text


def test_a_second_person_sees_neither_answer_before_their_own(desk: Rig) -> None:
    draw(desk)
    first, second = desk.client("analyst"), desk.client("duty_officer")
    short = answers(first, "/gan-nhan/ngau-nhien/all", **WHOLE)
    assert "Hết tin" in first.get("/gan-nhan/lan-hai/all").text, "never the same person"
    page, form = opened(second, "/gan-nhan/lan-hai/all")
    asked = page.split('class="two label"')[1].split("<dialog")[0]
    assert (
        form["short"] == short
        and "checked" not in asked
        and "máy" not in asked
        and "người" not in asked.split("<form")[0]
    )
    answers(second, "/gan-nhan/lan-hai/all", **WHOLE | {"sentiment": "positive", "also": "luong_huu"})
    told = second.get("/gan-nhan/lan-hai/all").text
    assert "người trước trả lời Sắc thái: tiêu cực" in told and "người trước trả lời Chủ đề" not in told
    judged = desk.store.judged.get(next(label.document for label in desk.store.labels.all()))
    assert judged and judged.labels["sentiment"] == "negative"
    third = desk.client("admin")
    page, _ = opened(third, "/gan-nhan/bat-dong/sentiment")
    assert page.split("<dialog")[0].count("một người") == 2 and "Người analyst" not in page
    answers(third, "/gan-nhan/bat-dong/sentiment", sentiment="positive")
    judged = desk.store.judged.get(judged.document.key)
    assert judged and judged.labels["sentiment"] == "positive"
    page = third.get(f"/tin/{short}").text
    assert "Gán độc lập lần hai, không thay câu trả lời: Sắc thái tích cực" in page
    assert "Sửa nhãn Chủ đề" in page and "bhyt_kcb" not in page.split('id="nhan"')[0]
    exported = third.get("/nhan/label-studio").json()
    (task,) = [one for one in exported if one["data"]["key"] == judged.document.key]
    assert {one["completed_by"] for one in task["annotations"]} == {"analyst", "admin"}, "what is in force goes out"


def test_a_correction_reaches_thirty_copies_and_undo_takes_it_back(desk: Rig) -> None:
    story_of_thirty(desk)
    client, address = desk.client("analyst"), "/gan-nhan/it-chac/sentiment"
    page, _ = opened(client, address)
    while 'name="copies"' not in page:
        answers(client, address, sentiment="neutral")
        page, _ = opened(client, address)
    assert "Áp dụng cho 29 bản gần trùng" in page
    before = dump(desk)
    answers(client, address, sentiment="negative", copies="1")
    reached = [n for n in (*COPIES, *OTHERS) if labels_of(desk, n).get("sentiment") == "negative"]
    assert reached == list(COPIES)
    during = dump(desk)
    changed = {name for name in during if during[name] != before[name]}
    assert changed == {"labels", "judged", "questions"}
    assert len(during["labels"]) - len(before["labels"]) == 30
    assert sum(a != b for a, b in zip(before["judged"], during["judged"], strict=True)) == 30
    page = client.get(address).text
    assert "cả cho 29 bản gần trùng" in page
    assert undo(client, page, address).status_code == 303
    after = dump(desk)
    assert {name for name in after if after[name] != before[name]} <= {"questions"}
    waiting = [row for row in after["questions"] if None in row[-1:]]
    assert len(waiting) == len([row for row in before["questions"] if None in row[-1:]])
    origins = {label.origin for label in desk.store.labels.all()}
    assert "random" not in origins


def test_the_page_of_an_item_corrects_its_copies_too(desk: Rig) -> None:
    story_of_thirty(desk)
    client = desk.client("analyst")
    item = f"/tin/{store.short_id(document(COPIES[3]).key)}"
    page = client.get(item).text
    assert "Áp dụng cho 29 bản gần trùng" in page
    before = dump(desk)
    form = {"token": token(page), "task": "target", "new": "hospital"}
    assert client.post(f"{item}/nhan", data=form | {"copies": "1"}).status_code == 303
    assert all(labels_of(desk, n) == {"target": "hospital"} for n in COPIES)
    assert all(labels_of(desk, n) == {} for n in OTHERS)
    page = client.get(item).text
    assert "bản gần trùng của" in client.get(f"/tin/{store.short_id(document(COPIES[9]).key)}").text
    assert undo(client, page, item).headers["location"] == item
    assert dump(desk) == before
    assert "Đã ghi" not in client.get(item).text


def test_acts_are_marked_in_the_text(desk: Rig) -> None:
    client, item = desk.client("analyst"), f"/tin/{store.short_id(document(1).key)}"
    form = {"token": token(client.get(item).text), "task": "acts"}
    body = desk.store.documents.get(document(1).key)
    assert body
    start = body.text.index(QUOTE)
    row = {"clause": ["3c", "", ""], "mode": ["reports"] * 3, "field": ["text"] * 3, "start": ["2", "", ""]}
    quote = {"quote": [f"  {QUOTE}\r\n", "", ""]}
    assert client.post(f"{item}/nhan", data=form | row | quote).status_code == 303
    assert labels_of(desk, 1) == {"acts": f"3c:reports:text:{start}:{start + len(QUOTE)}"}
    assert desk.store.judged.count(store.Filter(mode="commits")) == 0
    assert desk.store.judged.count(store.Filter(clause="3c", mode="reports")) == 1
    for wrong in (row | {"quote": ["không có trong bài", "", ""]}, row | quote | {"clause": ["9z", "", ""]}, {}):
        assert client.post(f"{item}/nhan", data=form | wrong).status_code == 422
    bad = [
        "3c:commits:text:5:2",
        "3c:commits:text:0:99999",
        "3c:commits:body:0:1",
        "3c",
        "3c:commits:text:²:9",
        "x" * 9999,
    ]
    for value in bad:
        assert client.post(f"{item}/nhan", data=form | {"acts": value}).status_code == 422, value
    assert client.post(f"{item}/nhan", data=form | {"acts": ""}).status_code == 303
    assert labels_of(desk, 1) == {"acts": ""}


def test_provinces_are_typed_as_people_type(desk: Rig) -> None:
    unsure(desk, 11, 12, 13, margins={"provinces": 0.0}, provinces_unsure=(("Huế", "Đà Nẵng"),))
    client, address = desk.client("analyst"), "/gan-nhan/it-chac/provinces"
    page, form = opened(client, address)
    assert re.search(r'value="Huế" data-key="1"', page) and re.search(r'value="" data-key="0"', page)
    for nonsense in ("Atlantis", "Huế; x"):
        assert client.post(address, data=form | {"province": nonsense}).status_code == 422
    assert client.post(address, data=form).status_code == 422, "nothing chosen is no answer"
    answers(client, address, province="da nang; hue")
    answers(client, address, provinces="")
    answers(client, address, provinces="Huế")
    assert sorted(label.new for label in desk.store.labels.all()) == ["", "Huế", "Đà Nẵng;Huế"]


def test_topics_have_a_main_one(desk: Rig) -> None:
    unsure(desk, 11, margins={"topics": 0.1})
    client, address = desk.client("analyst"), "/gan-nhan/it-chac/topics"
    page, form = opened(client, address)
    keys = re.findall(r'name="topics" value="\w+" data-key="(.)"', page)
    assert len(keys) == len(set(keys)) >= 25 and not set(keys) & set("ugshtc")
    assert client.post(address, data=form | {"topics": "khong_co"}).status_code == 422
    answers(client, address, topics="luong_huu", also=["bhyt_kcb", "luong_huu", "thai_san", "bhtn"])
    assert labels_of(desk, 11) == {"topics": "luong_huu;bhyt_kcb;thai_san"}


def test_labels_of_the_queues_are_for_those_who_label(desk: Rig) -> None:
    for role in ("viewer", "leader", "province", "unit"):
        assert desk.client(role).get("/gan-nhan").status_code == 403
        assert "/gan-nhan" not in desk.client(role).get("/").text


def test_hostile_text_stays_text(desk: Rig) -> None:
    draw(desk)
    client, seen = desk.client("analyst"), ""
    for _ in range(4):
        seen += client.get("/gan-nhan/ngau-nhien/all").text
        answers(client, "/gan-nhan/ngau-nhien/all", relevance="0")
    assert "<script>alert(1)" not in seen and "&lt;script&gt;alert(1)" in seen


def test_agreement_is_shown_from_twenty_items_on(desk: Rig) -> None:
    client = desk.client("analyst")
    assert "Chưa có tin nào được hai người gán." in client.get("/gan-nhan/dong-thuan").text
    unsure(desk, *range(200, 221), margins={})
    draw(desk)
    for number, key in enumerate([document(n).key for n in range(200, 221)]):
        tone = "negative" if number % 2 else "neutral"
        other = "neutral" if number == 1 else tone
        first, second = ("analyst", "admin") if number % 3 else ("admin", "analyst")
        desk.store.labels.add_all([Label(key, "sentiment", "", tone, first, NOW, origin="random")], asked=True)
        both = [Label(key, "sentiment", "", other, second, NOW, origin="second")]
        if number < 19:
            both.append(Label(key, "target", "", "none", second, NOW, origin="second"))
            desk.store.labels.add(Label(key, "target", "", "none", first, NOW, origin="random"))
        desk.store.labels.add_all(both, asked=True)
    page = re.sub(r"\s+", " ", client.get("/gan-nhan/dong-thuan").text)
    assert re.search(r'Sắc thái</th><td class="num">21</td><td>0,9\d* \(tin cậy\)', page)
    assert "không đủ dữ liệu (19/20)" in page and "không đủ dữ liệu (0/20)" in page
    assert re.search(
        r'Người admin và Người analyst</th><td class="num">21</td><td>0,9\d* \(tin cậy\), từ 0,\d+ đến 1', page
    )
    assert re.search(r'tiêu cực</th><td class="num">10</td>', page)
