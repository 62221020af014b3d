"""Who guards the guard: a process of its own, with its own settings, that mails when the product stops collecting, judging or
sending, or when its database, disk or clock is wrong.

    python -m pipeline.watchdog watchdog.toml

It reads one file (the heartbeat), looks at the disk and its own clock, and speaks to one mail server, through `alerts.mail`
alone: a fault of the store, the models or the timetable cannot silence it. It tells once a trouble, and once more when it is
over. While all is well it may call a dead-man service (`ping`), which then tells when the watchdog itself dies.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import time
import tomllib
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path

from pydantic import Field, ValidationError

import alerts.mail
import config
import vietnamese
from pipeline import clock, heartbeat
from pipeline.heartbeat import Beat
from pipeline.say import say
from records import BadSetting, LangNgheError, Message

JOBS = {"collect": "thu thập", "digest": "đánh giá", "send": "gửi thư"}
LATE = {"collect": "uncollected", "digest": "unjudged", "send": "unsent"}
"""job -> what grows late where it stops"""
WORK = frozenset({*LATE, *LATE.values()})
HIDES: Mapping[str, frozenset[str]] = {
    "silent": WORK | {"ahead", "database"},
    "unreadable": WORK | {"ahead", "database"},
    "database": WORK,
    **{job: frozenset({late}) for job, late in LATE.items()},
}
"""trouble -> what cannot be known while it lasts, or only follows from it: neither told nor said to be over"""
JUMP = 120.0
"""seconds between two looks by which the machine's clock may differ from the time that passed"""
AHEAD = 300.0
"""seconds a heartbeat may lie ahead"""
PING_SECONDS = 10.0


class Settings(config.Section):
    heartbeat: Path
    """data_dir/heartbeat of the product"""
    patience_minutes: float = 5
    job_minutes: float = Field(default=10, gt=0)
    """a job that neither ended well nor got on for so long is told"""
    late_minutes: float = Field(default=15, gt=0)
    """a mail, a document to be judged or a source to be asked that waits longer is told"""
    disk_percent: float = Field(default=85, gt=0, le=100)
    """share of the disk in use from which on it is told; told again at 95"""
    look_seconds: float = 60
    ping: str = Field(default="", pattern="^(https?://.+)?$")
    """address of a dead-man service, called at each look at which all is well"""
    mail: config.Mail


@dataclass(slots=True)
class State:
    """What the last look left."""

    told: dict[str, datetime] = field(default_factory=dict)
    """trouble -> since when"""
    hidden: dict[str, datetime] = field(default_factory=dict)
    """trouble -> when it was last hidden by another"""
    waiting: list[Message] = field(default_factory=list)
    """alarms no server has taken yet"""
    looked: tuple[float, float] | None = None
    """the machine's clock and the time that passed (seconds), at the last look"""


def read(file: Path) -> Settings:
    """Raises BadSetting naming the file and what is wrong."""
    try:
        return Settings(**tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise BadSetting(f"{file}: {error}") from error


def troubles(settings: Settings, now: datetime, used: float) -> Iterator[tuple[str, str]]:
    """(code, words) of what is wrong by the heartbeat and the disk; `used`: share of the disk, in percent."""
    since = silent_since(settings.heartbeat, now, timedelta(minutes=settings.patience_minutes))
    beat = heartbeat.read(settings.heartbeat)
    if since:
        yield "silent", f"không thấy nhịp tim từ {vietnamese.time_text(since)}"
    elif beat is None:
        yield "unreadable", "tệp nhịp tim không đọc được"
    else:
        yield from of_beat(settings, beat, now.timestamp())
    for code, limit in (("disk", settings.disk_percent), ("disk95", 95.0)):
        if used >= limit:
            yield code, f"đĩa đã dùng {vietnamese.number_text(used, 0)}%"


def of_beat(settings: Settings, beat: Beat, now: float) -> Iterator[tuple[str, str]]:
    """What the product itself says is wrong. `now`: seconds since 1970."""
    if beat.at - now > AHEAD:
        yield "ahead", "nhịp tim mang giờ ở tương lai: kiểm tra đồng hồ máy"
    if beat.database:
        yield "database", f"cơ sở dữ liệu: {beat.database}"
    for job, words in JOBS.items():
        if job in beat.worked and beat.at - beat.worked[job] > settings.job_minutes * 60:  # an old beat is silence
            yield job, f"việc {words} không chạy được trong {round(settings.job_minutes)} phút qua"
    if beat.unsent > settings.late_minutes:
        yield "unsent", f"có thư chờ gửi quá {round(settings.late_minutes)} phút: kiểm tra máy chủ thư"
    if beat.unjudged > settings.late_minutes:
        yield "unjudged", f"có tin chờ đánh giá quá {round(settings.late_minutes)} phút"
    if beat.uncollected > settings.late_minutes:
        yield "uncollected", f"đã {round(settings.late_minutes)} phút không hỏi được nguồn nào dù đã đến lượt"


def silent_since(file: Path, now: datetime, patience: timedelta) -> datetime | None:
    """Since when the product is silent, or None while its heart beats. The file's own time counts, not its content."""
    try:
        last = datetime.fromtimestamp(file.stat().st_mtime, now.tzinfo)
    except OSError:
        return now - patience
    return last if now - last > patience else None


def jumped(state: State, wall: float, passed: float) -> bool:
    """Whether the machine's clock went its own way since the last look (both in seconds)."""
    before, state.looked = state.looked, (wall, passed)
    return before is not None and abs((wall - before[0]) - (passed - before[1])) > JUMP


def changes(settings: Settings, state: State, found: Mapping[str, str], now: datetime) -> list[Message]:
    """The alarms of what is new among `found` and of what is over; remembers what was told.

    One trouble, one alarm: what another trouble hides is left as it was told, and has `job_minutes` from then on to
    recover with it."""
    messages = []
    hidden = frozenset[str]().union(*(HIDES.get(code, frozenset()) for code in found))
    state.hidden |= dict.fromkeys(hidden, now)
    patience = timedelta(minutes=settings.job_minutes)
    for code, words in found.items():
        recovering = code in state.hidden and timedelta(0) <= now - state.hidden[code] <= patience
        if code not in state.told and not recovering:
            state.told[code] = now
            messages += alarms(settings, code, words, now)
    for code in [code for code in state.told if code not in found and code not in hidden]:
        words = f"đã hết: {WORDS[code]} (báo lúc {vietnamese.time_text(state.told.pop(code))})"
        messages += alarms(settings, f"over-{code}", words, now)
    return messages


WORDS = {
    "silent": "im lặng",
    "unreadable": "nhịp tim không đọc được",
    "ahead": "đồng hồ sai",
    "clock": "đồng hồ máy nhảy",
    "database": "lỗi cơ sở dữ liệu",
    "disk": "đĩa sắp đầy",
    "disk95": "đĩa gần như đã đầy",
    "unsent": "thư chờ quá lâu",
    "unjudged": "tin chờ đánh giá quá lâu",
    "uncollected": "không hỏi được nguồn nào",
    **{job: f"việc {words} không chạy được" for job, words in JOBS.items()},
}


def alarms(settings: Settings, code: str, words: str, now: datetime) -> list[Message]:
    """One alarm a recipient; the same code and moment give the same Message-IDs."""
    text = f"Lắng Nghe: {words}.\n\nTệp nhịp tim: {settings.heartbeat}\n"
    if not code.startswith("over-"):
        text += (
            "Việc cần làm: chạy `langnghe doctor`, kiểm tra tiến trình `langnghe run`, nhật ký và chỗ trống trên đĩa.\n"
        )
    domain = settings.mail.sender.split("@")[1]
    html = f"<p>Lắng Nghe: {escape(words)}</p>"
    return [
        Message(
            alerts.mail.message_id("alarm", code, now.isoformat(), to, domain=domain), "alarm", to,
            f"[Lắng Nghe] Cảnh báo vận hành: {words}", text, html, now,
        )
        for to in settings.mail.alarm_to
    ]  # fmt: skip


async def unsent(settings: Settings, messages: list[Message]) -> list[Message]:
    """Sends the alarms; gives those that did not go out: said on stderr, and tried at the next look."""
    password = settings.mail.password.get_secret_value() if settings.mail.password else None
    mail = settings.mail
    server = alerts.mail.Server(
        mail.host, mail.port, mail.security, mail.sender, mail.username, password, timeout=mail.timeout
    )
    left = []
    for message in messages:
        try:
            await alerts.mail.send(message, server)
        except LangNgheError as error:
            say(f"Không gửi được cảnh báo tới {message.recipient}: {error}", error=True)
            left.append(message)
    return left


def look(settings: Settings, state: State, now: datetime) -> list[Message]:
    """One look; gives the alarms to send. Calls nobody."""
    found = dict(troubles(settings, now, disk_used(settings.heartbeat.parent)))
    if jumped(state, time.time(), time.monotonic()):
        found["clock"] = "đồng hồ của máy vừa nhảy; kiểm tra đồng bộ giờ"
    return changes(settings, state, found, now)


def disk_used(place: Path) -> float:
    """Percent of the disk in use where the product keeps its things; 0 where that cannot be told."""
    try:
        usage = shutil.disk_usage(place)
    except OSError:
        return 0.0
    return 100 * (1 - usage.free / usage.total)


def ping(address: str) -> None:
    """A sign of our own life to a dead-man service; one that does not answer is its own trouble."""
    with contextlib.suppress(OSError, ValueError), urllib.request.urlopen(address, timeout=PING_SECONDS) as answer:  # noqa: S310  # http(s), see Settings
        answer.read(1)


async def watch(settings: Settings, now: clock.Clock = clock.wall) -> None:
    state = State()
    while True:
        state.waiting += look(settings, state, now())
        state.waiting = await unsent(settings, state.waiting)
        if settings.ping and not state.told:
            await asyncio.to_thread(ping, settings.ping)
        await asyncio.sleep(settings.look_seconds)


def main(arguments: list[str]) -> int:
    """Watches until killed; 2 where it cannot begin."""
    if len(arguments) != 1:
        say("Cách dùng: python -m pipeline.watchdog TỆP.toml", error=True)
        return 2
    try:
        asyncio.run(watch(read(Path(arguments[0]))))
    except LangNgheError as error:
        say(f"Lỗi: {error}", error=True)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
