"""The weekly BÁO CÁO: made once for the last closed week, frozen, mailed; and its preview, which is neither."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import alerts.mail
import reports.weekly
import vietnamese
from pipeline import people
from pipeline.doors import Rooms
from records import Attachment, BadInput, Figures, Message

HOUR = time(7, 30)
"""Monday's moment from which the report of the closed week is made"""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def report(rooms: Rooms) -> str | None:
    """Issues the report of the last closed week if it lacks one; returns the week, or None."""
    now = rooms.clock()
    week = closed_week(now)
    if not due(rooms, now, week):
        return None
    with rooms.store.leases.hold("report") as held:
        if not held or rooms.store.reports.get(week):
            return None
        figures = figures_of(rooms, week, now)
        made = reports.weekly.build(figures, rooms.settings.unit, rooms.knowledge)
        rooms.store.reports.issue(week, figures, files(made), mails(rooms, made, now), now)
        for warning in made.warnings:
            rooms.store.runs.note_problem("report", week, warning, now)
    return week


def due(rooms: Rooms, now: datetime, week: str) -> bool:
    """Whether Monday's hour has come, and there is anything to report on."""
    _, end = bounds(week)
    first = rooms.store.documents.first_seen()
    return now >= datetime.combine(end.date(), HOUR, vietnamese.HO_CHI_MINH) and first is not None and first < end


def closed_week(now: datetime) -> str:
    """The last ISO week that has ended in Asia/Ho_Chi_Minh, "2026-W36"."""
    return (now.astimezone(vietnamese.HO_CHI_MINH) - timedelta(days=7)).strftime("%G-W%V")


def bounds(week: str) -> tuple[datetime, datetime]:
    """Monday 00:00 to Monday 00:00 of an ISO week, Asia/Ho_Chi_Minh. Raises BadInput."""
    try:
        year, number = week.split("-W")
        monday = date.fromisocalendar(int(year), int(number), 1)
    except ValueError as error:
        raise BadInput(f'tuần "{week}" không đúng; hãy viết như 2026-W36') from error
    start = datetime.combine(monday, time(), vietnamese.HO_CHI_MINH)
    return start, start + timedelta(days=7)


def figures_of(rooms: Rooms, week: str, as_of: datetime) -> Figures:
    start, end = bounds(week)
    expected = {source.id: (source.name, source.expected) for source in rooms.sources}
    return rooms.store.figures(start, end, as_of, expected)


def files(made: reports.weekly.Report) -> dict[str, bytes]:
    """File name -> content of one report."""
    stem = f"bao-cao-{made.week}"
    found = {f"{stem}.docx": made.docx, f"{stem}.html": made.html.encode(), f"{stem}.json": made.json.encode()}
    return found | ({f"{stem}.pdf": made.pdf} if made.pdf else {})


def mails(rooms: Rooms, made: reports.weekly.Report, now: datetime) -> list[Message]:
    """One mail a reader: the report as HTML, the DOCX attached."""
    to = people.recipients(rooms.store, "leader", rooms.settings.mail.weekly_to, "weekly")
    attached = (Attachment(f"bao-cao-{made.week}.docx", DOCX, made.docx),)
    start, end = bounds(made.week)
    subject = f"Báo cáo tuần về thông tin BHXH, BHYT, BHTN ({start:%d/%m} - {end - timedelta(days=1):%d/%m/%Y})"
    return [
        Message(
            alerts.mail.message_id("weekly", made.week, reader, domain=rooms.domain), "weekly", reader, subject,
            made.mail_text, made.mail_html, now, attachments=attached,
        )
        for reader in to
    ]  # fmt: skip


def preview(rooms: Rooms, week: str, out: Path) -> list[str]:
    """Writes the report of a week into `out`, never issued nor sent; returns the warnings. Raises BadInput."""
    now = rooms.clock()
    _, end = bounds(week)
    if end > now:
        raise BadInput(f"tuần {week} chưa kết thúc; báo cáo chỉ lập cho tuần đã qua")
    made = reports.weekly.build(figures_of(rooms, week, now), rooms.settings.unit, rooms.knowledge)
    write(out, files(made))
    return list(made.warnings)


def write(out: Path, made: Mapping[str, bytes]) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name, content in made.items():
            (out / name).write_bytes(content)
    except OSError as error:
        raise BadInput(f"{out}: không ghi được: {error.strerror}") from error
