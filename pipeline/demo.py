"""The embedded demonstration: `langnghe run` without a configuration.

Five weeks of a small invented press are lived through in a minute on a clock of their own: the real crawlers collect from the
sample web on loopback each morning and evening, the real judge reads, the real outbox sends to a mailbox on loopback, the
weekly reports are made. Then the clock runs on at its normal pace and the desk stays open. Rebuilt at every start, in var/mau.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import config
import crawlers.collect
from pipeline import accounts, clock, editions, issuing, jobs, reporting, schedule, sending, service
from pipeline.doors import Rooms, open_all
from pipeline.sample.content import DEMO, START
from pipeline.sample.mailbox import Mailbox
from pipeline.sample.sources import toml
from pipeline.sample.web import SampleWeb
from pipeline.say import say
from records import Officer, Role

HOME = Path("var/mau")
LOOKS = ("06:40",)
"""hours of a day at which the demonstration collects; the digest goes out at 07:00 as always"""
PORTS = range(8080, 8100)
ACCOUNTS: tuple[tuple[str, Role, str], ...] = (
    ("quan-tri", "admin", "Quản trị"),
    ("truc-ban", "duty_officer", "Trực ban"),
    ("phan-tich", "analyst", "Phân tích"),
    ("lanh-dao", "leader", "Lãnh đạo"),
)
"""(login, role, name) of who may try the desk"""
DUTY, LEADER, ANALYST = "truc-ban@mau.example", "lanh-dao@mau.example", "phan-tich@mau.example"


@dataclass
class Scene:
    rooms: Rooms
    clock: clock.Hand
    mailbox: Mailbox
    passwords: dict[str, str]


def run(once: bool) -> None:
    """Builds the demonstration, tells in Vietnamese what happened and where to look, and keeps the desk open unless `once`."""
    say("Chưa có langnghe.toml: chạy bản mẫu với báo chí hư cấu (5 tuần, quanh ngày 01/9/2026).")
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    hand = clock.Hand(START)
    with SampleWeb(hand) as web, Mailbox(HOME / "thu") as mailbox:
        file = configure(web, mailbox)
        with open_all(config.read(file), hand) as rooms:
            scene = Scene(rooms, hand, mailbox, people(rooms))
            asyncio.run(live(scene))
            hand.release()
            tell(scene)
            if not once:
                stay(scene, file)


def configure(web: SampleWeb, mailbox: Mailbox) -> Path:
    """var/mau/langnghe.toml: what an operator would write, for the sample."""
    (HOME / "nguon.toml").write_text(toml(web.sources), encoding="utf-8")
    loopback = ", ".join(f'"{host}"' for host in web.hosts)
    file, port = HOME / "langnghe.toml", service.free_port(PORTS)
    file.write_text(
        f"""# Cấu hình của bản mẫu; được viết lại mỗi lần chạy.
data_dir = "."
public_url = "http://127.0.0.1:{port}"
[crawl]
sources = "{HOME.absolute() / "nguon.toml"}"
allow_loopback = [{loopback}]
delay = 0
[mail]
host = "127.0.0.1"
port = {mailbox.port}
security = "none"
sender = "lang-nghe@mau.example"
daily_to = ["{DUTY}"]
urgent_to = ["{DUTY}"]
weekly_to = ["{LEADER}"]
[desk]
port = {port}
secure_cookies = false
[judging]
workers = 0
""",
        encoding="utf-8",
    )
    return file


def people(rooms: Rooms) -> dict[str, str]:
    """An account a role to try; login -> password, made anew each time."""
    made = {}
    for login, role, name in ACCOUNTS:
        made[login] = secrets.token_urlsafe(12)
        address = ANALYST if role == "analyst" else ""
        accounts.add(rooms.store, Officer(login, name, address, (role,)), made[login], rooms.clock())
    return made


async def live(scene: Scene) -> None:
    """The five weeks, look by look."""
    crawlers.collect.ready()
    for moment in moments():
        scene.clock.set(moment)
        if f"{moment:%H:%M}" in LOOKS:
            await schedule.perform(jobs.collect, scene.rooms)
        for job in (jobs.digest, editions.tell, issuing.report, jobs.follow, sending.send):
            await schedule.perform(job, scene.rooms)
        if moment.date() < DEMO.date():
            approve(scene.rooms)


def approve(rooms: Rooms) -> None:
    """In place of the head of the unit, so that the sample's reports go out; the last one is left to whoever tries the desk."""
    for line in rooms.store.reports.listing():
        if "approved" not in line.steps:
            rooms.store.reports.approve(line.week, "lanh-dao", rooms.clock(), rooms.store.reports.seen(line.week))


def moments() -> list[datetime]:
    """Every look of the demonstration, in order, ending on the Monday after the last week."""
    hours = [timedelta(hours=h, minutes=m) for h, m in ((6, 40), (7, 5), (7, 35))]
    end = DEMO.replace(hour=7, minute=40)
    first = START.replace(hour=0, minute=0)
    found = [first + timedelta(days=day) + hour for day in range((end - first).days + 1) for hour in hours]
    return [moment for moment in found if START <= moment <= end]


def tell(scene: Scene) -> None:
    """What happened and where to look."""
    kept, mails = scene.rooms.store, sorted((HOME / "thu").glob("*.eml"))
    issued = [report for week in kept.reports.weeks() if (report := kept.reports.get(week))]
    for report in issued:
        reporting.write(HOME / "bao-cao", report.files)
    urgent = sum(message.kind == "urgent" for message in kept.outbox.list(1000, 0))
    say(
        f"""
Đã thu thập {kept.documents.count()} tin từ {len(scene.rooms.sources)} nguồn, gửi {len(mails)} thư ({urgent} thư khẩn),
lập {len(issued)} báo cáo tuần; báo cáo mới nhất còn chờ duyệt (đăng nhập “lanh-dao”, mục Báo cáo tuần).

Nơi xem:
  Thư đã gửi (.eml):   {HOME / "thu"}
  Báo cáo tuần:        {HOME / "bao-cao"}
  Bàn làm việc:        {scene.rooms.settings.public_url}
Đăng nhập bàn làm việc (mật khẩu chỉ dùng cho lần chạy này):
"""
        + "\n".join(f"  {login:<12} {password}" for login, password in scene.passwords.items())
        + """

Để chạy thật: chép langnghe.toml.example thành langnghe.toml, điền máy chủ thư và người nhận, rồi `make run`.
"""
    )


def stay(scene: Scene, file: Path) -> None:
    """The desk and the timetable go on until Ctrl+C."""
    service.run(scene.rooms, once=False, settings_file=file)
