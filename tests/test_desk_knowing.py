"""Facts, law and messages: proposed, approved by another, in force at once; recipients; the log's page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from desk import forms
from knowledge.edits import Current, subject
from records import BadKnowledge
from tests.desk_support import NOW, Rig, rig, token

KNOWN = knowledge.load()
LAW = {
    "id": "TCTT-2026", "name": "Luật Tiếp cận thông tin (sửa đổi) năm 2026", "article": "Điều 9",
    "valid_from": "01/9/2026", "status": "đủ văn bản", "source": "Công báo", "can_cu": "Công báo số 1",
}  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def propose(desk: Rig, login: str, kind: str, fields: dict[str, str], name: str = "") -> tuple[int, str]:
    client = desk.client(login)
    page = client.get(f"/kien-thuc/sua/{kind}?ten={name}")
    answer = client.post(f"/kien-thuc/sua/{kind}", data={**fields, "ten": name, "token": token(page.text)})
    return answer.status_code, answer.text


def decide(desk: Rig, login: str, number: int, answer: str = "duyet") -> tuple[int, str]:
    client = desk.client(login)
    form = {"token": token(client.get("/kien-thuc/de-nghi").text), "answer": answer, "note": "đã đối chiếu"}
    found = client.post(f"/kien-thuc/de-nghi/{number}", data=form)
    return found.status_code, found.text


@pytest.mark.parametrize(
    ("kind", "entries"),
    [("fact", KNOWN.facts), ("law", KNOWN.law), ("clause", KNOWN.clauses), ("campaign", KNOWN.campaigns)],
)
def test_an_entry_shown_and_sent_back_unchanged_is_itself(kind: str, entries: tuple[object, ...]) -> None:
    """All that ships, through the form and through the checks: the same knowledge."""
    from desk.pages.knowing import _kept

    edits = []
    for entry in entries:
        content = forms.read(kind, forms.shown(kind, entry), _kept(kind, entry))  # type: ignore[arg-type]
        assert forms.said(kind, content) == forms.shown(kind, entry)  # type: ignore[arg-type]
        edits.append((kind, knowledge_json(content)))
    again = knowledge.load(edits=tuple(edits))
    assert (again.facts, again.law, again.clauses, again.campaigns) == (
        KNOWN.facts, KNOWN.law, KNOWN.clauses, KNOWN.campaigns,
    )  # fmt: skip


def knowledge_json(content: object) -> str:
    import json

    return json.dumps(content)


def test_an_edit_of_the_law_is_in_force_when_another_approves(desk: Rig) -> None:
    assert propose(desk, "analyst", "law", LAW, "TCTT-2026")[0] == 303
    clause = {
        "version": "TCTT-2026",
        "number": "khoản 3",
        "codes": "3c",
        "text": "Dùng thông tin để lừa.",
        "can_cu": "x",
    }
    assert propose(desk, "analyst", "clause", clause)[0] == 303
    current = desk.app.state.desk.current
    assert "chưa cập nhật" in current().reference("3c", date(2026, 9, 2))
    assert decide(desk, "duty_officer", 1)[0] == 303 and decide(desk, "duty_officer", 2)[0] == 303
    assert current().reference("3c", date(2026, 9, 2)).startswith("khoản 3 Điều 9 Luật")
    assert current().law[1].verified_by == "duty_officer"
    assert "khoản 3" in desk.client("viewer").get("/kien-thuc/luat").text.lower()
    assert "khoản 3 Điều 11" in current().reference("3c", date(2026, 8, 1)), "the law of before stays"


def test_nobody_approves_their_own(desk: Rig) -> None:
    assert propose(desk, "duty_officer", "law", LAW, "TCTT-2026")[0] == 303
    status, text = decide(desk, "duty_officer", 1)
    assert status == 409 and "không tự duyệt" in text
    assert "cần một người khác duyệt" in desk.client("duty_officer").get("/kien-thuc/de-nghi").text
    assert decide(desk, "leader", 1, "khong")[0] == 303
    assert "đã đối chiếu" in desk.client("viewer").get("/kien-thuc/de-nghi").text
    assert desk.app.state.desk.current().law == KNOWN.law


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("law", {"valid_from": "hôm qua"}, "ngày viết như"),
        ("law", {"valid_from": "02/9/2026"}, "không nối liền"),
        ("law", {"name": ""}, "Tên luật: chưa điền"),
        ("law", {"can_cu": " "}, "Căn cứ của đề nghị: chưa điền"),
        ("law", {"status": "lạ"}, "không có lựa chọn này"),
        ("fact", {"numbers": "tên | mười | dong"}, "cần ít nhất tên"),
        ("fact", {"numbers": "tên | 10 | con"}, "phải là một trong"),
        ("fact", {"topic": "khong_co"}, "không có"),
    ],
)
def test_what_does_not_fit_is_shown_again_with_what_is_wrong(
    desk: Rig, kind: str, change: dict[str, str], said: str
) -> None:
    fields = LAW if kind == "law" else {**forms.shown("fact", KNOWN.facts[0]), "can_cu": "NĐ 1"}
    status, text = propose(desk, "analyst", kind, {**fields, **change}, "TCTT-2026" if kind == "law" else "F001")
    assert status == 422 and said in text and "facts.toml" not in text
    assert desk.store.edits.list() == []


def test_a_new_fact_corrects_what_follows(desk: Rig) -> None:
    fact = {
        "id": "F900", "kind": "rule", "statement": "Mức thử là 7 triệu đồng.", "about": "mức thử\ntriệu; đồng",
        "numbers": "mức | 7000000 | dong | là", "valid_from": "01/7/2026", "sources": "NĐ 1/2026",
        "confidence": "read", "can_cu": "NĐ 1/2026",
    }  # fmt: skip
    assert propose(desk, "analyst", "fact", fact)[0] == 303
    assert "F900" not in desk.client("viewer").get("/kien-thuc").text
    assert decide(desk, "admin", 1)[0] == 303
    page = desk.client("viewer").get("/kien-thuc?q=muc+thu").text
    assert "Mức thử là 7 triệu đồng." in page and "Đã kiểm: admin" in page


def test_an_edit_that_a_new_release_does_not_bear_is_left_out_and_said() -> None:
    edits = [("fact", '{"id": "F001", "hỏng": 1}'), ("law", '{"id": "TCTT-2026", "name": "Luật mới", "article": "",'
              ' "valid_from": "2026-09-01", "source": "x"}')]  # fmt: skip
    current = Current(KNOWN, lambda: 2, lambda: edits)
    assert current().law[1].name == "Luật mới" and current().facts == KNOWN.facts
    assert len(current.refused) == 1 and "hỏng" in current.refused[0] and len(current.edits) == 1


def test_the_version_names_the_edits() -> None:
    edit = ("law", '{"id": "TCTT-2026", "name": "Luật mới", "valid_from": "2026-09-01", "article": ""}')
    assert knowledge.load(edits=(edit,)).version != KNOWN.version == knowledge.load().version
    with pytest.raises(BadKnowledge):
        knowledge.load(edits=(("fact", "{}"),))


@given(st.dictionaries(st.sampled_from([field.name for field in forms.FORMS["fact"]]), st.text(max_size=40)))
def test_any_form_is_read_or_refused_with_words(given_fields: dict[str, str]) -> None:
    try:
        content = forms.read("fact", given_fields)
    except ValueError as error:
        assert str(error)
    else:
        assert subject("fact", content)


def test_a_recipient_is_added_and_taken_away(desk: Rig) -> None:
    client = desk.client("admin")
    page = client.get("/nguoi-nhan").text
    form = {"token": token(page), "kind": "daily", "address": "an@x.example", "name": "Chị An"}
    assert client.post("/nguoi-nhan", data=form).status_code == 303
    assert "Chị An" in client.get("/nguoi-nhan").text and desk.store.recipients.of("daily") == ["an@x.example"]
    assert client.post("/nguoi-nhan", data=form).status_code == 409
    for wrong in ({"address": "a@b\nBcc: c@d"}, {"address": "không"}, {"kind": "lạ"}):
        assert client.post("/nguoi-nhan", data=form | wrong).status_code == 422
    assert client.post("/nguoi-nhan/bo", data=form).status_code == 303
    assert desk.store.recipients.all() == []


def test_the_pipeline_writes_to_the_desks_recipients(desk: Rig) -> None:
    from pipeline.people import recipients
    from store import Recipient

    desk.store.recipients.add(Recipient("daily", "an@x.example", "", "admin", NOW))
    assert recipients(desk.store, "duty_officer", ["b@x.example"], "daily") == [
        "b@x.example", "an@x.example", "duty_officer@thu.example",
    ]  # fmt: skip
    assert "an@x.example" not in recipients(desk.store, "duty_officer", [], "urgent")


def test_the_log_is_filtered_and_checked(desk: Rig) -> None:
    client = desk.client("admin")
    desk.store.audit("ai-do", "việc lạ", "x", NOW)
    page = client.get("/nhat-ky?ai=ai-do").text
    assert "việc lạ" in page and "đăng nhập</td>" not in page
    assert "còn nguyên vẹn" in client.get("/nhat-ky?kiem=1").text
    assert "Không có dòng nào khớp" in client.get("/nhat-ky?ve=khong-co").text
