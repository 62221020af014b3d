"""The report's way out: previewed, frozen, approved, sent once, or asked for; made up for after downtime; the same again."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

import alerts.mail
import nlp.weights
from pipeline import issuing, periods, reporting
from pipeline.clock import Hand
from pipeline.doors import Rooms
from records import BadInput, Label
from reports import form
from tests.pipeline_reports_support import ANALYST, HEAD, LEADER, MONDAY, NEXT, rooms

W = "2026-W36"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[Rooms, Hand]]:
    with rooms(tmp_path) as both:
        yield both


def told(one: Rooms) -> list[tuple[str, str]]:
    """(recipient, first word) of the mails about the week."""
    mails = [mail for mail in one.store.outbox.list(200) if "(31/08 - 06/09/2026)" in mail.subject]
    return sorted((mail.recipient, mail.subject.split(" ")[0]) for mail in mails)


def look(both: tuple[Rooms, Hand], when: object) -> str | None:
    one, hand = both
    hand.set(when)  # type: ignore[arg-type]
    return issuing.report(one)


def test_a_week_from_preview_to_leadership(opened: tuple[Rooms, Hand]) -> None:
    one, _ = opened
    friday = MONDAY + timedelta(days=4, hours=16)
    look(opened, friday - MINUTE)
    assert told(one) == [] and one.store.reports.weeks() == ["2026-W35"], "the week before was closed"
    look(opened, friday)
    assert told(one) == [(ANALYST, "DỰ")]
    (preview,) = [mail for mail in one.store.outbox.list() if "DỰ THẢO" in mail.subject]
    assert "Tuần chưa kết thúc" in preview.text
    look(opened, friday + HOUR)
    assert told(one) == [(ANALYST, "DỰ")], "once"
    assert look(opened, NEXT + 9 * MINUTE) is None
    assert look(opened, NEXT + 10 * MINUTE) == W
    issued = one.store.reports.get(W)
    assert issued and issued.figures.as_of == NEXT + 10 * MINUTE
    assert set(issued.files) == {f"bao-cao-{W}-du-thao.{kind}" for kind in ("docx", "html", "pdf")} | {
        f"bao-cao-{W}.json"
    }
    one.store.reports.edit(W, "de-xuat", "Họp báo ngày 10/9.\nTrả lời bạn đọc.", "an", NEXT + HOUR)
    one.store.reports.edit(W, "tong-quan", "Tuần yên ắng.", "an", NEXT + HOUR)
    one.store.reports.approve(W, "binh", NEXT + 2 * HOUR, one.store.reports.seen(W))
    look(opened, NEXT + 7 * HOUR)
    assert LEADER not in {to for to, _ in told(one)}, "07:30 has not come"
    look(opened, NEXT + 7.5 * HOUR)
    look(opened, NEXT + 8 * HOUR)
    assert Counter(to for to, _ in told(one))[LEADER] == 1
    (mail,) = [mail for mail in one.store.outbox.list(200) if mail.recipient == LEADER]
    assert "DỰ THẢO" not in mail.subject + mail.text and "Họp báo ngày 10/9." in mail.text
    sent = one.store.reports.get(W)
    assert sent and sent.figures == issued.figures and sent.sha256 == issued.sha256
    assert "Nhận xét: Tuần yên ắng." in sent.files[f"bao-cao-{W}.html"].decode()
    assert form.faults(sent.files[f"bao-cao-{W}.docx"]) == form.faults(sent.files[f"bao-cao-{W}-du-thao.docx"]) == []


def test_nothing_unapproved_goes_to_leadership_and_it_is_asked_for_once(opened: tuple[Rooms, Hand]) -> None:
    one, _ = opened
    look(opened, NEXT + 10 * MINUTE)
    for hour in (7, 7.5, 8, 12):
        look(opened, NEXT + hour * HOUR)
    asked = [mail for mail in one.store.outbox.list(200) if mail.subject.startswith("Chờ duyệt") and W in mail.text]
    assert sorted(mail.recipient for mail in asked) == sorted([ANALYST, HEAD])
    assert f"/bao-cao/{W}" in asked[0].text
    assert not [mail for mail in one.store.outbox.list(200) if mail.recipient == LEADER]
    assert not one.store.reports.step(W, "sent", "x", NEXT + DAY), "the store itself refuses"
    one.store.reports.approve(W, "binh", NEXT + DAY, one.store.reports.seen(W))
    look(opened, NEXT + DAY)
    assert Counter(to for to, _ in told(one))[LEADER] == 1, "sent as soon as it is approved"


def test_after_downtime_the_missed_weeks_are_made_up_for(opened: tuple[Rooms, Hand]) -> None:
    one, _ = opened
    look(opened, NEXT + timedelta(days=16, hours=9))
    assert one.store.reports.weeks() == ["2026-W38", "2026-W37", W, "2026-W35"]
    subjects = [mail.subject for mail in one.store.outbox.list(200) if mail.recipient == ANALYST]
    assert len([subject for subject in subjects if subject.startswith("Chờ duyệt")]) == 1, (
        "only the latest is asked for"
    )


def test_an_approval_is_for_what_was_seen_and_can_be_taken_back(opened: tuple[Rooms, Hand]) -> None:
    kept = opened[0].store.reports
    look(opened, NEXT + 10 * MINUTE)
    seen = kept.seen(W)
    kept.edit(W, "de-xuat", "Một.", "an", NEXT + HOUR)
    with pytest.raises(BadInput, match="vừa được sửa"):
        kept.approve(W, "binh", NEXT + HOUR, seen)
    kept.approve(W, "binh", NEXT + HOUR, kept.seen(W))
    with pytest.raises(BadInput, match="đã được duyệt"):
        kept.edit(W, "de-xuat", "Hai.", "an", NEXT + HOUR)
    kept.withdraw(W, "binh", NEXT + HOUR)
    assert "approved" not in kept.steps(W)
    kept.edit(W, "de-xuat", "Hai.", "an", NEXT + HOUR)
    kept.approve(W, "binh", NEXT + HOUR, kept.seen(W))
    look(opened, NEXT + 8 * HOUR)
    with pytest.raises(BadInput, match="đã gửi"):
        kept.withdraw(W, "binh", NEXT + DAY)
    with pytest.raises(BadInput, match="không có báo cáo"):
        kept.approve("2020-W01", "binh", NEXT, 0)
    who = {(line.who, line.what) for line in opened[0].store.audit_log(100)}
    assert {("an", "sửa báo cáo"), ("binh", "duyệt báo cáo"), ("binh", "rút duyệt báo cáo")} <= who


@pytest.mark.slow
def test_it_is_derived_again_to_the_byte_and_says_from_what(opened: tuple[Rooms, Hand]) -> None:
    one, hand = opened
    look(opened, NEXT + 10 * MINUTE)
    issued = one.store.reports.get(W)
    assert issued
    hand.set(NEXT + 3 * DAY)
    one.store.labels.add(Label("https://bao.example/20", "sentiment", "positive", "negative", "an", NEXT + DAY))
    found = reporting.again(one, issued)
    assert found.same and found.source == "từ các tin trong kho" and len(found.files) == 4
    one.store.documents.erase("https://bao.example/20", by="an", at=NEXT + 2 * DAY)
    found = reporting.again(one, issued)
    assert found.same and found.source == "từ số liệu lưu cùng báo cáo"


def test_a_later_correction_is_told_in_the_next_report(opened: tuple[Rooms, Hand]) -> None:
    one, _ = opened
    look(opened, MONDAY + 10 * MINUTE)
    one.store.labels.add(Label("https://bao.example/3", "relevance", "2", "0", "an", MONDAY + DAY))
    look(opened, NEXT + 10 * MINUTE)
    issued = one.store.reports.get(W)
    assert issued
    changed = {change.figure: (change.issued, change.now) for change in issued.figures.revised}
    assert changed["all/all"] == (14, 13)
    assert "tổng số tin, bài 14 → 13" in issued.files[f"bao-cao-{W}-du-thao.html"].decode()
    before = one.store.reports.get("2026-W35")
    assert before and len(before.figures.groups["all"]["all"]) == 14, "what was issued stays"


def test_the_models_stated_error_corrects_the_shares(opened: tuple[Rooms, Hand]) -> None:
    one, _ = opened
    assert reporting.stated(one, ("m1",)) == {}
    version = nlp.weights.load().version
    said = reporting.stated(one, (version,))
    assert sum(sum(row.values()) for row in said["sentiment"].values()) > 1000
    card = (nlp.weights.SHIPPED / "CARD.md").read_text(encoding="utf-8")
    assert version in card, "the errors are those of the shipped weights"
    assert f"negative bị đọc thành: neutral {said['sentiment']['negative']['neutral']}" in card


def test_the_mail_shows_its_pictures_without_loading_anything(opened: tuple[Rooms, Hand]) -> None:
    look(opened, MONDAY + timedelta(days=4, hours=16))
    (message,) = [mail for mail in opened[0].store.outbox.list() if "DỰ THẢO" in mail.subject]
    whole = opened[0].store.outbox.get(message.id, message.recipient)
    assert whole
    mail = alerts.mail.build(whole, "lang-nghe@x.example")
    assert mail.as_bytes() == alerts.mail.build(whole, "lang-nghe@x.example").as_bytes()
    inline = {part["Content-ID"]: part for part in mail.walk() if part["Content-ID"]}
    assert set(inline) == {"<theo-ngay.png>"} and inline["<theo-ngay.png>"].get_content_disposition() == "inline"
    assert [part.get_filename() for part in mail.iter_attachments()] == [f"bao-cao-{W}.docx"]
    html = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert 'src="cid:theo-ngay.png"' in html and "http" not in html.replace("http-equiv", "")


@pytest.mark.parametrize(
    ("name", "start", "end", "before"),
    [
        ("2026-W01", "2025-12-29", "2026-01-05", "2025-12-22"),
        ("2026-01", "2026-01-01", "2026-02-01", "2025-12-01"),
        ("2026-Q1", "2026-01-01", "2026-04-01", "2025-10-01"),
        ("2026", "2026-01-01", "2027-01-01", "2025-01-01"),
    ],
)
def test_the_bounds_of_a_period(name: str, start: str, end: str, before: str) -> None:
    assert [f"{moment:%Y-%m-%d %H:%M%z}" for moment in periods.bounds(name)] == [
        f"{day} 00:00+0700" for day in (start, end, before)
    ]


@pytest.mark.parametrize("name", ["2026-W54", "2026-13", "2026-Q5", "26", "x", "2026-W1", "0000"])
def test_a_period_that_is_none(name: str) -> None:
    with pytest.raises(BadInput, match="không đúng"):
        periods.bounds(name)


@pytest.mark.parametrize("name", ["2026-08", "2026-Q3", "2026"])
def test_a_month_a_quarter_and_a_year_from_the_same_parts(
    opened: tuple[Rooms, Hand], tmp_path: Path, name: str
) -> None:
    one, hand = opened
    hand.set(NEXT.replace(year=2027))
    assert reporting.preview(one, name, tmp_path / "ra") == []
    made = json.loads((tmp_path / "ra" / f"bao-cao-{name}.json").read_text(encoding="utf-8"))
    assert [part["heading"].split(".")[0] for part in made["report"]][:9] == [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX",
    ]  # fmt: skip
    assert not re.search("(?<!các )tuần trước", json.dumps(made["report"][:9], ensure_ascii=False))
    assert form.faults((tmp_path / "ra" / f"bao-cao-{name}.docx").read_bytes()) == []


JOB = """
import sys
from datetime import timedelta
from pathlib import Path
from pipeline import issuing
from tests.pipeline_reports_support import NEXT, rooms
with rooms(Path(sys.argv[1])) as (one, hand):
    hand.set(NEXT + timedelta(hours=8))
    print("ready", flush=True)
    sys.stdin.readline()
    issuing.report(one)
"""


@pytest.mark.slow
def test_five_jobs_at_once_three_of_them_killed_make_one_report_and_one_mail(tmp_path: Path) -> None:
    with rooms(tmp_path) as (one, hand):
        hand.set(MONDAY + DAY)
        issuing.report(one)
    root = Path(__file__).resolve().parents[1]
    for step, wait in (("freeze", 1.2), ("send", 0.7)):
        with ExitStack() as stack:
            jobs = [
                stack.enter_context(
                    subprocess.Popen(
                        [sys.executable, "-c", JOB, str(tmp_path)],
                        cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    )
                )
                for _ in range(5)
            ]  # fmt: skip
            for job in jobs:
                assert job.stdout and job.stdout.readline() == b"ready\n"
            for job in jobs:
                assert job.stdin
                job.stdin.write(b"go\n")
                job.stdin.flush()
            for job in jobs[:3]:
                time.sleep(wait / 3)
                job.kill()
            assert all(job.wait(120) == 0 for job in jobs[3:])
        with rooms(tmp_path) as (one, hand):
            hand.set(NEXT + timedelta(hours=9))
            issuing.report(one)
            assert one.store.reports.weeks().count(W) == 1
            if step == "freeze":
                one.store.reports.approve(W, "binh", NEXT + DAY, one.store.reports.seen(W))
    with rooms(tmp_path) as (one, hand):
        hand.set(NEXT + timedelta(hours=10))
        issuing.report(one)
        mails = Counter((mail.recipient, mail.subject) for mail in one.store.outbox.list(200))
        assert set(mails.values()) == {1}
        assert [to for to, name in mails if to == LEADER and name.startswith("Báo cáo tuần")] == [LEADER]
        issued = one.store.reports.get(W)
        assert issued and reporting.again(one, issued).same
