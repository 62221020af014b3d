"""Who guards the guard: a process of its own, with its own settings, that mails when the heartbeat grows old.

    python -m pipeline.watchdog watchdog.toml

It reads one file (the heartbeat) and speaks to one mail server, through `alerts.mail` alone: a fault of the store, the
models or the timetable cannot silence it. It tells once a silence, and once more when the heartbeat is back.
"""

from __future__ import annotations

import asyncio
import sys
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

import alerts.mail
import config
import vietnamese
from pipeline import clock
from pipeline.say import say
from records import BadSetting, LangNgheError, Message


class Settings(config.Section):
    heartbeat: Path
    """data_dir/heartbeat of the product"""
    patience_minutes: float = 5
    look_seconds: float = 60
    mail: config.Mail


def read(file: Path) -> Settings:
    """Raises BadSetting naming the file and what is wrong."""
    try:
        return Settings(**tomllib.loads(file.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, ValidationError, TypeError) as error:
        raise BadSetting(f"{file}: {error}") from error


def silent_since(heartbeat: Path, now: datetime, patience: timedelta) -> datetime | None:
    """Since when the product is silent, or None while its heart beats. The file's own time counts, not its content."""
    try:
        last = datetime.fromtimestamp(heartbeat.stat().st_mtime, now.tzinfo)
    except OSError:
        return now - patience
    return last if now - last > patience else None


def alarms(settings: Settings, since: datetime | None, now: datetime) -> list[Message]:
    """One alarm a recipient: the product fell silent (`since`), or is back (None)."""
    state = f"không thấy nhịp tim từ {vietnamese.time_text(since)}" if since else "đã hoạt động trở lại"
    text = f"Lắng Nghe {state}.\n\nTệp nhịp tim: {settings.heartbeat}\n"
    text += "Việc cần làm: kiểm tra tiến trình `langnghe run`, nhật ký và chỗ trống trên đĩa.\n" if since else ""
    domain = settings.mail.sender.split("@")[1]
    moment = (since or now).isoformat()
    return [
        Message(
            alerts.mail.message_id("alarm", "silent" if since else "back", moment, to, domain=domain), "alarm", to,
            f"[Lắng Nghe] Cảnh báo vận hành: {state}", text, f"<p>{state}</p>", now,
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


async def watch(settings: Settings, now: clock.Clock = clock.wall) -> None:
    silent, waiting = False, list[Message]()
    while True:
        since = silent_since(settings.heartbeat, now(), timedelta(minutes=settings.patience_minutes))
        if bool(since) != silent:
            silent, waiting = bool(since), alarms(settings, since, now())
        waiting = await unsent(settings, waiting)
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
