"""The digest, the urgent mail and the escalation: everything is in them, once, escaped, in the right words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

from alerts import daily, digest, links, urgent
from records import Case, Judged, Reason
from tests.alerts_support import NOW, UNIT, URL, act, assessment, claim, document, facts, flagged, judged, story

DAY = date(2026, 11, 26)
REVIEW = Reason("daily", "flag_review", "Nội dung cần xem xét: cần người xác minh; máy không kết luận.")
ALL = ("truc-ban@bhxh.example", "lanh-dao@bhxh.example")


def told(*items: Judged, recipients: tuple[str, ...] = ALL[:1], **given: object):
    return daily.messages(daily.Edition(DAY), items, recipients, URL, UNIT, NOW, facts(), **given)


def many(count: int) -> list[Judged]:
    return [judged(f"https://bao.example/{n}") for n in range(count)]


def test_one_message_a_recipient_under_lasting_ids() -> None:
    first, second = told(*many(2), recipients=(*ALL, ALL[0]))
    assert (first.recipient, second.recipient) == ALL
    assert first.id != second.id
    assert [m.id for m in told(flagged(), recipients=ALL)] == [first.id, second.id]
    assert first.documents == ("https://bao.example/0", "https://bao.example/1")
    assert first.text == second.text


def test_an_empty_day_is_told_too() -> None:
    (mail,) = told(notes=["Nguồn Báo Mẫu im lặng 30 giờ."])
    assert mail.subject == "[Lắng Nghe] Bản tin ngày 26/11/2026: không có tin mới"
    assert "Không có tin mới" in mail.text
    assert "Nguồn Báo Mẫu im lặng 30 giờ." in mail.text
    assert "Nguồn Báo Mẫu im lặng 30 giờ." in mail.html


def test_nothing_is_lost_when_the_day_is_long() -> None:
    items = many(digest.FULL + 150)
    (mail,) = told(*items)
    for one in items:
        for part in (mail.text, unescape(mail.html)):
            assert one.document.title in part
            assert one.document.url in part
            assert links.item(URL, one.document.key) in part
    assert mail.text.count("Vì sao: ") == digest.FULL


def test_a_story_stands_once_with_its_copies() -> None:
    reprints = [judged(f"https://bao.example/in-lai-{n}", story=story(), near_duplicate_of="x") for n in range(3)]
    (mail,) = told(*reprints, judged("https://bao.example/goc", story=story()))
    assert mail.text.count("Vì sao: ") == 1
    assert "+3 bài cùng nội dung" in mail.text
    assert mail.text.index("bao.example/goc") < mail.text.index("in-lai-0")
    assert "4 bài trong 1 câu chuyện" in mail.text


def test_sections_come_in_the_order_of_gravity() -> None:
    items = [
        judged("https://b.example/khac"),
        judged("https://b.example/xau", assessment=assessment(sentiment="negative")),
        judged("https://b.example/phan-anh", assessment=assessment(feedback="complaint", sentiment="negative")),
        judged("https://b.example/sai", assessment=assessment(claims=(claim(),))),
        judged("https://b.example/xem", assessment=assessment(acts=(act("2"),)), reason=REVIEW),
        judged("https://b.example/co", assessment=assessment(acts=(act("3a"),))),
        flagged(),
    ]
    (mail,) = told(*items)
    headings = re.findall(r"^== (.+) \(1\) ==$", mail.text, re.MULTILINE)
    assert headings == [
        "CẦN XỬ LÝ NGAY",
        "KHẢ NĂNG VI PHẠM (CẦN NGƯỜI XÁC MINH)",
        "NỘI DUNG CẦN XEM XÉT",
        "CẦN ĐÍNH CHÍNH",
        "PHẢN ÁNH, KIẾN NGHỊ",
        "TIN TIÊU CỰC",
        "TIN KHÁC",
    ]
    assert mail.subject.endswith("1 cần xử lý ngay; 1 khả năng vi phạm; 1 cần đính chính")
    assert "mức đóng hiện là 4,5%" in mail.text


def test_related_news_and_dismissed_flags_are_no_violation() -> None:
    dismissed = replace(flagged(), case=Case("x", "dismissed", NOW))
    (mail,) = told(judged(assessment=assessment(acts=(act(mode="reports"), act(mode="refutes")))), dismissed)
    assert "KHẢ NĂNG VI PHẠM" not in mail.text
    assert "người xác minh đã bỏ cờ" in mail.text
    assert "khả năng vi phạm" not in mail.subject


def test_each_item_names_who_can_answer() -> None:
    own = judged("https://b.example/cq", document=document(kind="official"), assessment=assessment(claims=(claim(),)))
    local = judged("https://b.example/dn", assessment=assessment(provinces=("Đà Nẵng",)))
    unsure = judged("https://b.example/hai", assessment=assessment(provinces=("Đà Nẵng", "Huế"), topics=("khac",)))
    assert "Báo Mẫu (đơn vị đã đăng)" in told(own)[0].text
    assert "Đơn vị có thể trả lời: BHXH thành phố Đà Nẵng; Ban " in told(local)[0].text
    assert "Đơn vị có thể trả lời" not in told(unsure)[0].text


def test_old_and_rejudged_items_are_marked() -> None:
    old = judged(document=document(published_at=NOW - timedelta(days=3)))
    again = judged("https://b.example/2", reason=Reason("daily", "rejudged", "Đánh giá lại."))
    (mail,) = told(old, again)
    assert "(tin cũ, thu thập lại)" in mail.text
    assert "(đánh giá lại bằng mô hình mới)" in mail.text


def test_hostile_text_stays_text() -> None:
    evil = "<script>alert(1)</script> {{ 7*7 }} {% raw %} \"' \u202e\x00\r\nBcc: x"
    one = flagged(
        document=document("k", title=evil * 50, url='javascript:alert(1)//"><img src=x>', outlet=evil),
        assessment=assessment(acts=(act(quote=evil, reason=evil, rule=evil),), claims=(claim(quote=evil, draft=evil),)),
    )
    mails = [*told(one, notes=[evil]), *urgent.messages(one, ALL[:1], URL, UNIT, NOW, facts())]
    for mail in mails:
        assert "<script" not in mail.html
        assert "javascript:" not in mail.html
        assert "<img" not in mail.html
        assert "{{ 7*7 }}" in mail.text
        assert not set(mail.text + mail.html) & set("\x00\r\u202e")


def test_mail_html_loads_nothing_from_outside() -> None:
    (mail,) = told(*many(3), flagged())
    assert not re.search(r"<(img|link|script|iframe|object)|url\(|@import|src=", mail.html)
    assert "font-family: Arial" in mail.html


def test_the_law_follows_the_items_date() -> None:
    before = flagged(document=document(published_at=NOW - timedelta(days=100), first_seen=NOW - timedelta(days=100)))
    (new,), (old,) = (urgent.messages(one, ALL[:1], URL, UNIT, NOW, facts()) for one in (flagged(), before))
    assert "104/2016/QH13" in old.text
    assert "Điều 11" not in new.text
    assert "41/2024/QH15" in new.text
    assert "174/2026/NĐ-CP" in new.text


def test_an_urgent_mail_says_all_an_officer_needs() -> None:
    one = replace(flagged(), story=story(documents=4, outlets=3))
    first, second = urgent.messages(one, ALL, URL, UNIT, NOW, facts())
    assert first.kind == "urgent"
    assert first.story == "s1"
    assert first.id != second.id
    for said in (
        "Tiêu đề của https://bao.example/gia-mao",
        "Báo Mẫu",
        "05:00 26/11/2026",
        "cần người xác minh",
        "tải ngay ứng dụng VssID 4.0",
        "độ tin cậy 90%",
        "fake_app",
        "mô-hình-1",
        "https://bao.example/gia-mao",
        links.item(URL, one.document.key),
        "4 bài từ 3 nguồn",
        "do máy gợi ý",
    ):
        assert said in first.text
    again = urgent.messages(replace(one, document=document("khác")), ALL, URL, UNIT, NOW, facts())
    assert [m.id for m in again] == [first.id, second.id]


def test_the_statement_clock_is_shown() -> None:
    case = Case("x", "confirmed", NOW, impact_confirmed_at=NOW - timedelta(hours=4))
    (mail,) = told(replace(flagged(), case=case))
    assert "Hạn phát ngôn: 03:00 27/11/2026" in mail.text


def test_message_ids_carry_a_domain_a_header_can_hold() -> None:
    for url, name in (
        ("https://langnghe.bhxh.vn/x", "langnghe.bhxh.vn"),
        ("http://127.0.0.1:8080", "127.0.0.1"),
        ("http://[::1]:8080", "langnghe.local"),
        ("https://lắng-nghe.vn", "xn--lng-nghe-800d.vn"),
        ("", "langnghe.local"),
    ):
        assert links.domain(url) == name


def test_desk_links_are_the_stores_ids() -> None:
    assert links.item(URL + "/", "abc") == f"{URL}/tin/ba7816bf8f01cfea"
    for bad in (
        "",
        "javascript:x",
        "https://a b",
        "http://a\n",
        'https://a"b',
        "data:text/html,x",
        "https://x/" + "a" * 3000,
    ):
        assert links.web(bad) == ""
