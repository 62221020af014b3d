"""Roster, silences and preferences on the desk: what is arranged holds, who may arrange it, what the audit log says."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

import signing
from alerts import buttons
from desk import words
from records import Message, Officer, Preferences
from store import Filter
from tests.desk_support import HASH, NOW, Rig, rig, token

DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    made = rig(tmp_path)  # NOW: 10:00 on Thursday 20/8/2026 in Viet Nam
    made.store.officers.add(Officer("binh", "Chị Bình", "binh@thu.example", ("duty_officer",)), HASH)
    return made


def audited(desk: Rig) -> list[tuple[str, str]]:
    assert desk.store.audit_intact()
    return [(line.who, line.what) for line in desk.store.audit_log(50, 0)]


def test_a_shift_is_arranged_shown_and_taken_back(desk: Rig) -> None:
    client = desk.client("duty_officer")
    page = client.get("/lich-truc").text
    assert "Đang trực: Chị Bình, Người duty_officer." in page, "an hour without a shift is everybody's"
    form = {
        "token": token(page),
        "login": "binh",
        "kind": "duty",
        "start": "2026-08-20T07:00",
        "end": "2026-08-20T19:00",
    }
    assert client.post("/lich-truc", data=form).status_code == 303
    page = client.get("/lich-truc").text
    assert "Đang trực: Chị Bình." in page and "ca trực 07:00 20/08/2026 đến 19:00 20/08/2026" in page
    assert "19:00 20/08/2026 đến" in page, "the hours nobody covers"
    leave = form | {"kind": "leave", "substitute": "duty_officer"}
    assert client.post("/lich-truc", data=leave).status_code == 303
    page = client.get("/lich-truc").text
    assert "Đang trực: Người duty_officer." in page and "Người duty_officer trực thay" in page
    for one in desk.store.roster.between(NOW, NOW + DAY):
        assert client.post(f"/lich-truc/{one.id}/bo", data={"token": form["token"]}).status_code == 303
    assert desk.store.roster.between(NOW, NOW + DAY) == []
    assert {("duty_officer", what) for what in ("xếp ca trực", "ghi nghỉ", "bỏ ca trực")} <= set(audited(desk))


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"login": "viewer"}, 422),
        ({"login": "khong-co"}, 422),
        ({"kind": "leave", "substitute": "viewer"}, 422),
        ({"kind": "leave", "substitute": "binh"}, 409),
        ({"kind": "party"}, 422),
        ({"end": "2026-08-20T07:00"}, 409),
        ({"end": "2026-12-20T07:00"}, 422),
        ({"start": "hôm qua"}, 422),
        ({"start": "0001-01-01T00:00"}, 422),
        ({"end": "9999-12-31T23:59"}, 422),
    ],
)
def test_a_wrong_shift_is_refused_in_words(desk: Rig, wrong: dict[str, str], status: int) -> None:
    client = desk.client("duty_officer")
    form = {"token": token(client.get("/lich-truc").text), "login": "binh", "kind": "duty", "start": "2026-08-20T07:00",
            "end": "2026-08-20T19:00"}  # fmt: skip
    answer = client.post("/lich-truc", data=form | wrong)
    assert answer.status_code == status and "<h1>" in answer.text
    assert desk.store.roster.between(NOW - 900 * DAY, NOW + 900 * DAY) == []


def test_holidays_stand_on_the_roster(desk: Rig) -> None:
    desk.now[0] = NOW + 10 * DAY
    page = desk.client("duty_officer").get("/lich-truc").text
    assert "Quốc khánh" in page


def test_a_silence_is_set_with_reason_and_end_and_ended(desk: Rig) -> None:
    client = desk.client("leader")
    page = client.get("/tam-im?pham_vi=province&gia_tri=Hu%E1%BA%BF").text
    assert 'value="Huế"' in page and "Mọi tin khẩn đều được gửi ngay" in page
    form = {
        "token": token(page),
        "scope": "province",
        "value": "hue",
        "reason": "đã nắm, đang xử lý",
        "end": "2026-08-20T18:00",
    }
    assert client.post("/tam-im", data=form).status_code == 303
    (held,) = desk.store.silences.list(NOW)
    assert (held.value, held.author, held.end) == ("Huế", "leader", NOW + timedelta(hours=8)), (
        "the name as the product writes it"
    )
    assert "đã nắm, đang xử lý" in client.get("/tam-im").text
    assert client.post(f"/tam-im/{held.id}/bo", data={"token": form["token"]}).status_code == 303
    assert desk.store.silences.list(NOW)[0].ended_by == "leader"
    assert "leader đã bỏ" in client.get("/tam-im").text
    assert {("leader", "tạm im"), ("leader", "bỏ tạm im")} <= set(audited(desk))


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"reason": "    "}, 409),
        ({"reason": "ừ"}, 422),
        ({"scope": "mọi thứ"}, 422),
        ({"scope": "topic", "value": "chủ đề không có"}, 422),
        ({"scope": "clause", "value": "9z"}, 422),
        ({"scope": "province", "value": "Atlantis"}, 422),
        ({"scope": "story", "value": "khong-co"}, 422),
        ({"end": "2026-08-20T09:00"}, 409),
        ({"end": "2026-12-20T09:00"}, 422),
        ({"end": ""}, 422),
    ],
)
def test_a_silence_that_would_hold_nothing_or_too_long_is_refused(
    desk: Rig, wrong: dict[str, str], status: int
) -> None:
    client = desk.client("duty_officer")
    form = {"token": token(client.get("/tam-im").text), "scope": "outlet", "value": "Báo Thử", "reason": "đang xử lý",
            "end": "2026-08-20T18:00"}  # fmt: skip
    assert client.post("/tam-im", data=form | wrong).status_code == status
    assert desk.store.silences.list(NOW) == []


def test_each_scope_is_taken_and_shown(desk: Rig) -> None:
    client = desk.client("duty_officer")
    story = desk.store.judged.page(Filter(), limit=1)[0].story
    assert story
    values = {"story": story.id, "outlet": "Báo Thử", "topic": "bhyt_kcb", "clause": "3c", "province": "Huế"}
    assert set(values) == set(words.SCOPE)
    for scope, value in values.items():
        form = {"token": token(client.get("/tam-im").text), "scope": scope, "value": value, "reason": "đang xử lý",
                "end": "2026-08-20T18:00"}  # fmt: skip
        assert client.post("/tam-im", data=form).status_code == 303
    assert client.get("/tam-im").status_code == 200


# ---------------------------------------------------------------- preferences


def ticket(address: str = "an@thu.example", purpose: str = "preferences", key: bytes = b"d" * 40) -> str:
    return signing.sign({"for": purpose, "recipient": address}, key, NOW + DAY)


def test_a_recipient_chooses_by_the_link_in_a_mail_and_only_for_themselves(desk: Rig) -> None:
    mail = Message("1@x", "daily", "an@thu.example", "Bản tin", "chữ\n", "<html><body><p>chữ</p></body></html>", NOW)
    footed = buttons.with_links(mail, "http://desk.test", b"d" * 40)
    assert footed == buttons.with_links(mail, "http://desk.test", b"d" * 40), "a retry is the same bytes"
    address = footed.text.rpartition(": ")[2].strip()
    assert address in footed.html and footed.html.endswith("</body></html>")
    client = desk.client()  # nobody is signed in
    page = client.get(address.removeprefix("http://desk.test"))
    assert page.status_code == 200 and "an@thu.example" in page.text
    assert desk.store.wishes.all() == {}, "a scanner that opens the link changes nothing"
    form = {"recipient": "khac@thu.example", "quiet_from": "22:00", "quiet_to": "06:30"}
    answer = client.post(address.removeprefix("http://desk.test"), data=form)
    assert answer.status_code == 200 and "Đã lưu" in answer.text
    wish = Preferences("an@thu.example", False, False, quiet_from="22:00", quiet_to="06:30")
    assert desk.store.wishes.all() == {"an@thu.example": wish}
    assert 'value="22:00"' in client.get(address.removeprefix("http://desk.test")).text
    assert ("an@thu.example", "chọn cách nhận thư") in audited(desk)


@pytest.mark.parametrize(
    "wrong",
    [
        "x",
        ticket() + "x",
        ticket(key=b"k" * 40),
        ticket(purpose="acknowledge"),
        ticket().replace(".", "..", 1),
        "a" * 3000,
    ],
)
def test_a_forged_link_opens_nothing(desk: Rig, wrong: str) -> None:
    client = desk.client()
    assert client.get(f"/nhan-thu/{wrong}").status_code == 403
    assert client.post(f"/nhan-thu/{wrong}", data={"morning": "co"}).status_code == 403
    assert desk.store.wishes.all() == {}


def test_an_old_link_opens_nothing(desk: Rig) -> None:
    old = ticket()
    desk.now[0] = NOW + 2 * DAY
    assert desk.client().get(f"/nhan-thu/{old}").status_code == 403


@pytest.mark.parametrize("wrong", [{"quiet_from": "22:00"}, {"quiet_from": "25:00", "quiet_to": "06:00"}, {"quiet_from": "1:00"},
                                   {"quiet_from": "22:00", "quiet_to": "22:00"}])  # fmt: skip
def test_wrong_hours_are_refused(desk: Rig, wrong: dict[str, str]) -> None:
    assert desk.client().post(f"/nhan-thu/{ticket()}", data=wrong).status_code == 422
    assert desk.store.wishes.all() == {}


def test_an_alarm_has_no_line_to_opt_out() -> None:
    mail = Message("1@x", "alarm", "an@thu.example", "Cảnh báo", "chữ", "<p>chữ</p>", NOW)
    assert buttons.with_links(mail, "http://desk.test", b"d" * 40) == mail


# ---------------------------------------------------------------- the mails' page knows every kind


def test_every_kind_and_state_of_a_mail_has_words_and_a_page(desk: Rig) -> None:
    hints = get_type_hints(Message)
    kinds, states = set(get_args(hints["kind"])), set(get_args(hints["state"]))
    assert (set(words.MAIL), set(words.MAIL_STATE)) == (kinds, states)
    plain = Message("x", "urgent", "an@thu.example", "Tin", "chữ", "<p>chữ</p>", NOW)
    desk.store.outbox.add([replace(plain, id=f"{kind}@x", kind=kind) for kind in sorted(kinds)])
    desk.store.outbox.add([replace(plain, id="held@x", state="held")])
    client = desk.client("duty_officer")
    page = client.get("/thu")
    assert page.status_code == 200 and "gộp theo giờ" in page.text and "chờ gộp" in page.text
    (taken, *_) = desk.store.outbox.claim(NOW, timedelta(minutes=1), 1)
    desk.store.outbox.sent(taken, NOW, "mx.example:25 250 queued as 7F3A")
    assert "queued as 7F3A" in client.get(f"/thu/{taken.id}").text


# ---------------------------------------------------------------- the button of an urgent mail


def urgent_mail(desk: Rig, recipient: str = "hop-thu-chung@thu.example") -> Message:
    key = next(one.document.key for one in desk.store.judged.page(Filter(case="new")))
    html = f"<html><body>{buttons.PLACE}<p>chữ</p></body></html>"
    return Message("1@x", "urgent", recipient, "Khẩn", "chữ\n", html, NOW, (key,))


def button(desk: Rig, mail: Message) -> str:
    linked = buttons.with_links(mail, "http://desk.test", b"d" * 40)
    address = re.search(rf"{buttons.TAKE}: (\S+)", linked.text)
    assert address and address[1] in linked.html and buttons.PLACE not in linked.html
    return address[1].removeprefix("http://desk.test")


def test_the_button_acknowledges_only_when_the_page_is_confirmed(desk: Rig) -> None:
    mail = urgent_mail(desk)
    address, client = button(desk, mail), desk.client()  # nobody is signed in
    page = client.get(address)
    assert page.status_code == 200 and "Tôi đã nhận được" in page.text
    assert desk.store.cases.get(mail.documents[0]).status == "new", "a scanner that opens the link changes nothing"
    assert "Đã có người nhận: hop-thu-chung@thu.example (qua thư)" in client.post(address).text
    case = desk.store.cases.get(mail.documents[0])
    assert (case.status, case.by) == ("acknowledged", "hop-thu-chung@thu.example (qua thư)")
    desk.now[0] = NOW + timedelta(hours=1)
    client.post(address)
    assert desk.store.cases.get(mail.documents[0]) == case, "used twice, it changes nothing"
    assert "<button" not in client.get(address).text


def test_the_button_undoes_no_decision_expires_and_serves_no_other_page(desk: Rig) -> None:
    mail = urgent_mail(desk)
    address, client = button(desk, mail), desk.client()
    desk.store.cases.decide(mail.documents[0], "dismissed", "duty_officer", NOW, "không phải")
    assert client.post(address).status_code == 200
    assert desk.store.cases.get(mail.documents[0]).status == "dismissed"
    ticket_ = address.rpartition("/")[2]
    assert (
        client.get(f"/nhan-thu/{ticket_}").status_code == 403 and client.get(f"/da-nhan/{ticket()}").status_code == 403
    )
    desk.now[0] = NOW + 3 * DAY
    assert client.get(address).status_code == 403 and client.post(address).status_code == 403


def test_only_a_mail_that_rings_has_a_button(desk: Rig) -> None:
    for kind in ("daily", "weekly", "followup", "bundle", "search"):
        mail = replace(urgent_mail(desk), kind=kind)
        assert buttons.TAKE not in buttons.with_links(mail, "http://desk.test", b"d" * 40).text
