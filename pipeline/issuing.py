"""The week's report on its way: Friday 16:00 a preview to the analysts, Monday 00:10 the figures are frozen, people edit and
approve on the desk, Monday 07:30 the approved report goes to leadership; one that is not approved is asked for instead.

Every step is a question to the store, so a look after downtime finds what was missed; every step is taken once, together with
its mails. Nothing that no person approved goes to leadership.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

import alerts.mail
import reports.weekly
import vietnamese
from pipeline import people, periods, reporting
from pipeline.doors import Rooms
from records import Attachment, Message
from reports import form

PREVIEW = timedelta(days=4, hours=16)
"""after the week's Monday 00:00: Friday 16:00"""
FREEZE = timedelta(minutes=10)
"""after the end of the week"""
SEND = time(7, 30)
"""Monday"""
MISSED = 8
"""closed weeks that are made up for after downtime"""
ASKED = timedelta(days=7)
"""a report that nobody approved is asked for in so many days after its week"""
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PRODUCT = "langnghe"


def report(rooms: Rooms) -> str | None:
    """Takes every step that is due; returns the latest week that was frozen, or None."""
    now = rooms.clock()
    if not (waits := due(rooms, now)):
        return None
    frozen = None
    with rooms.store.leases.hold("report") as held:
        for week, step in waits if held else ():
            if step == "preview":
                preview(rooms, week, now)
            elif step == "freeze":
                frozen = week if freeze(rooms, week, now) else frozen
        for week, step in due(rooms, now) if held else ():
            if step == "send":
                send(rooms, week, now)
            elif step == "remind":
                remind(rooms, week, now)
    return frozen


def due(rooms: Rooms, now: datetime) -> list[tuple[str, str]]:
    """(week, step) of what is due now, the oldest week first. Steps: "freeze", "send", "remind", "preview"."""
    first = rooms.store.documents.first_seen()
    if first is None:
        return []
    kept = rooms.store.reports
    listed = {line.week: line.steps for line in kept.listing(MISSED * 2)}
    found: list[tuple[str, str]] = []
    for week in periods.closed_weeks(now, MISSED):
        _, end, _ = periods.bounds(week)
        if week not in listed:
            found += [(week, "freeze")] if first < end and now >= end + FREEZE else []
        elif "sent" not in listed[week] and now >= datetime.combine(end.date(), SEND, vietnamese.HO_CHI_MINH):
            if "approved" in listed[week]:
                found.append((week, "send"))
            elif "reminded" not in listed[week] and now - end < ASKED:
                found.append((week, "remind"))
    week = periods.week_of(now)
    start, end, _ = periods.bounds(week)
    if first < now and now >= start + PREVIEW and "previewed" not in kept.steps(week):
        found.append((week, "preview"))
    return found


def freeze(rooms: Rooms, week: str, now: datetime) -> bool:
    """Figures and drafted words of a closed week, as of now, once and for all."""
    figures = reporting.figures_of(rooms, week, now)
    made = reporting.build(rooms, figures)
    for fault in (*made.warnings, *form.faults(made.docx)):
        rooms.store.runs.note_problem("report", week, fault, now)
    return rooms.store.reports.freeze(week, figures, reporting.files(made, reporting.DRAFT), now)


def preview(rooms: Rooms, week: str, now: datetime) -> bool:
    """The week so far to the analysts, marked as a draft."""
    made = reporting.build(rooms, reporting.figures_of(rooms, week, now))
    to = analysts(rooms)
    mails = _mails(rooms, "preview", made, to, f"DỰ THẢO {subject(week)}", now)
    return rooms.store.reports.step(week, "previewed", PRODUCT, now, mails)


def send(rooms: Rooms, week: str, now: datetime) -> bool:
    """The approved report to leadership: frozen figures, the Centre's words."""
    issued = rooms.store.reports.get(week)
    assert issued
    edits = {part: edit.text for part, edit in rooms.store.reports.edits(week).items()}
    made = reporting.build(rooms, issued.figures, edits, draft=False)
    to = people.recipients(rooms.store, "leader", rooms.settings.mail.weekly_to, "weekly")
    new = {name: content for name, content in reporting.files(made).items() if name not in issued.files}
    mails = _mails(rooms, "weekly", made, to, subject(week), now)
    return rooms.store.reports.step(week, "sent", PRODUCT, now, mails, new)


def remind(rooms: Rooms, week: str, now: datetime) -> bool:
    """The report that nobody has approved is asked for: of the analysts and of the heads."""
    heads = [officer.email for officer in rooms.store.officers.with_role("leader") if officer.email]
    to = list(dict.fromkeys([*analysts(rooms), *heads]))
    address = f"{rooms.settings.public_url}/bao-cao/{week}"
    text = (
        f"{subject(week)} đã có số liệu nhưng chưa được duyệt nên chưa gửi lãnh đạo.\n\n"
        f"Xem, sửa lời và duyệt tại: {address}\n\nBáo cáo được gửi ngay sau khi duyệt."
    )
    name = f"Chờ duyệt: {subject(week)}"
    mails = alerts.mail.alarms(name, text, to, ("report", "remind", week), rooms.domain, now)
    return rooms.store.reports.step(week, "reminded", PRODUCT, now, mails)


def analysts(rooms: Rooms) -> list[str]:
    """Who prepares reports: the analysts; where there are none, the duty officers; else the operators."""
    for role in ("analyst", "duty_officer"):
        found = [officer.email for officer in rooms.store.officers.with_role(role) if officer.email]
        if found:
            return found
    return list(rooms.settings.mail.alarm_to)


def subject(week: str) -> str:
    start, end, _ = periods.bounds(week)
    return f"Báo cáo tuần về thông tin BHXH, BHYT, BHTN ({start:%d/%m} - {end - timedelta(days=1):%d/%m/%Y})"


def _mails(
    rooms: Rooms, what: str, made: reports.weekly.Report, to: Sequence[str], name: str, now: datetime
) -> list[Message]:
    """One mail a reader: the report as HTML with its pictures, the DOCX attached."""
    pictures = [Attachment(picture, "image/png", content) for picture, content in made.pictures]
    attached = (*pictures, Attachment(f"bao-cao-{made.week}.docx", DOCX, made.docx))
    return [
        Message(
            alerts.mail.message_id(what, made.week, reader, domain=rooms.domain), "weekly", reader, name, made.mail_text,
            made.mail_html, now, attachments=attached,
        )
        for reader in to
    ]  # fmt: skip
