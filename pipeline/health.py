"""The state of everything, as lines a person can act on. Looks only; repairs nothing. Each line says what, where, what to do."""

from __future__ import annotations

import ipaddress
import socket
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

import alerts.channels
import config
import crawlers.sources
import knowledge
import nlp.judge
import store
import vietnamese
from crawlers.social import quota, youtube
from pipeline import catalogue, clock, heartbeat, judging, room, shelf, watching
from pipeline import second as encoders
from pipeline.doors import Rooms
from records import PROBLEMS, BadInput, Health, LangNgheError

State = Literal["ok", "warning", "error"]
LATE = timedelta(minutes=15)
"""heartbeat and mail older than this want a look"""
RECENT = timedelta(days=7)


def watch_disk(rooms: Rooms) -> None:
    """A job: keeps the reserve, and notes a disk that is filling up, so that the desk shows it while there is still room
    for the note."""
    room.keep(rooms.settings)
    line = disk(rooms.settings)
    if line.state != "ok":
        rooms.store.runs.note_problem("disk", str(rooms.settings.data_dir), line.text, rooms.clock())


def examine(now: clock.Clock | None = None) -> list[Health]:
    """All lines, in the order a person would check. Never raises LangNgheError: a fault is a line. `now`: by default the
    product's own clock, a replay's where one is set."""
    try:
        settings = config.read()
    except LangNgheError as error:
        return [Health("cấu hình", "error", str(error))]
    where = "langnghe.toml" if config.exists() else "chưa có langnghe.toml, dùng giá trị mặc định"
    lines = [Health("cấu hình", "ok", where)]
    for what, look in (
        ("tri thức", lambda: f"{len(knowledge.load().facts)} sự thật, phiên bản {knowledge.load().version}"),
        ("nguồn", lambda: f"{len(listed(settings))} nguồn"),
        ("mô hình", lambda: f"phiên bản {nlp.judge.load(knowledge.load(), settings.judging.models).version}"),
    ):
        lines.append(tried(what, look))
    if settings.judging.engine == "transformer":
        lines.append(tried("bộ mã hóa", lambda: encoder(settings)))
    lines += [disk(settings), mail(settings), second(settings), *exposed(settings)]
    try:
        ticking = now or (clock.Replay(settings.clock) if settings.clock else clock.wall)
    except LangNgheError as error:
        return [*lines, Health("đồng hồ", "error", str(error))]
    return lines + kept(settings, ticking)


def listed(settings: config.Settings) -> tuple[crawlers.sources.Source, ...]:
    return crawlers.sources.load(settings.crawl.sources, settings.data_dir / crawlers.sources.OWN)


def encoder(settings: config.Settings) -> str:
    """What the second reader is. Raises BadSetting, BadInput where it cannot judge."""
    encoders.check(settings)
    if why := encoders.fault(settings):
        raise BadInput(f"{why}; bộ đánh giá mặc định đang làm một mình")
    return judging.version(shelf.base(settings), encoders.in_force(settings))


def tried(what: str, look: Callable[[], str]) -> Health:
    try:
        return Health(what, "ok", look())
    except LangNgheError as error:
        return Health(what, "error", str(error))


def disk(settings: config.Settings) -> Health:
    free = room.free(settings)
    state: State = "error" if free < room.TOO_FEW else "warning" if free < room.FEW else "ok"
    advice = "" if state == "ok" else "; hãy giải phóng chỗ, nếu không tin mới sẽ không lưu được"
    if room.short(settings):
        state, advice = "error", "; đã tạm dừng thu thập để thư vẫn gửi được; hãy giải phóng chỗ"
    return Health(
        "đĩa", state, f"{settings.data_dir}: còn {vietnamese.number_text(round(free / 2**30, 1))} GiB{advice}"
    )


def mail(settings: config.Settings) -> Health:
    host, port = settings.mail.host, settings.mail.port
    try:
        socket.create_connection((host, port), timeout=5).close()
    except OSError as error:
        return Health(
            "máy chủ thư", "error", f"{host}:{port} không trả lời ({error}); thư vẫn nằm trong hàng đợi và sẽ gửi lại"
        )
    return Health("máy chủ thư", "ok", f"{host}:{port} trả lời")


def second(settings: config.Settings) -> Health:
    """The channel for what mail cannot carry: an urgent mail no server takes, a dead letter."""
    named = [address.get_secret_value() for address in settings.alerts.second]
    if not named:
        return Health(
            "kênh thứ hai", "warning",
            "chưa đặt alerts.second; khi máy chủ thư hỏng sẽ không ai được báo tin khẩn (Telegram, SMS… qua Apprise)",
        )  # fmt: skip
    try:
        alerts.channels.check(named)
    except LangNgheError as error:
        return Health("kênh thứ hai", "error", str(error))
    return Health("kênh thứ hai", "ok", f"{len(named)} địa chỉ")


def exposed(settings: config.Settings) -> Iterator[Health]:
    """Mail that would leave this machine unencrypted; links in mails that lead nowhere from outside."""
    servers: tuple[config.Mail | config.Relay, ...] = (settings.mail, *settings.mail.relays)
    for server in servers:
        if server.security == "none" and not loopback(server.host):
            what = "mật khẩu và thư" if server.password else "thư"
            text = f"{server.host}:{server.port}: {what} đi không mã hóa; đặt security là starttls hoặc tls"
            yield Health("máy chủ thư", "warning", text)
    if loopback(urlsplit(settings.public_url).hostname or ""):
        text = f"public_url là {settings.public_url}: nút trong thư chỉ mở được trên chính máy này"
        yield Health("địa chỉ bàn làm việc", "warning", text)


def loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def kept(settings: config.Settings, now: clock.Clock) -> list[Health]:
    """Lines that need the store; one line where it cannot be opened. Makes nothing."""
    if (
        settings.database_url.startswith("sqlite:///")
        and not (settings.data_dir / "langnghe.db").exists()
        and not settings.database
    ):
        return [Health("cơ sở dữ liệu", "warning", f"{settings.data_dir}: chưa có; `langnghe run` sẽ tạo")]
    try:
        opened = store.open(settings.database_url)
    except LangNgheError as error:
        return [Health("cơ sở dữ liệu", "error", str(error))]
    try:
        return [Health("cơ sở dữ liệu", "ok", f"{opened.documents.count()} tin"), *working(opened, settings, now)]
    except LangNgheError as error:
        return [Health("cơ sở dữ liệu", "error", str(error))]
    finally:
        opened.close()


def working(opened: store.Store, settings: config.Settings, now: clock.Clock) -> Iterator[Health]:
    """Models, sources, mail queue, recipients, what was refused, the heartbeat."""
    moment = now()
    yield from learnt(opened, settings)
    how = catalogue.states(opened, listed(settings))
    read = [source for source in listed(settings) if how[source.id] == "read"]
    findings = watching.look(opened, read, moment)
    yield from waiting(how)
    offline = any(one.kind == "network" for one in findings)
    for one in findings:
        where = f"nguồn {one.source}" if one.source else "mạng"
        yield Health(where, "error" if one.kind == "network" else "warning", one.text)
    for source in opened.sources.health():
        if source.failures and not offline and how.get(source.source, "read") == "read":
            last = (
                f"đọc được lần cuối {vietnamese.time_text(source.success_at)}"
                if source.success_at
                else "chưa đọc được lần nào"
            )
            text = (
                f"lỗi {source.failures} lần liền ({source.error}); {last}; thử `langnghe source test {source.source}`"
            )
            yield Health(f"nguồn {source.source}", "warning", text)
    yield from quotas(opened, settings, moment)
    yield from mails(opened, moment)
    if not settings.mail.daily_to and not opened.officers.with_role("duty_officer"):
        text = "chưa có ai nhận bản tin ngày; đặt mail.daily_to hoặc thêm tài khoản vai trò duty_officer"
        yield Health("người nhận", "warning", text)
    yield from sealed(opened)
    yield from logged(opened)
    for problem in opened.runs.problems(moment - RECENT):
        often = f"{problem.count} lần, gần nhất {vietnamese.time_text(problem.last_at)}"
        yield Health(
            PROBLEMS.get(problem.what, problem.what), "warning", f"{problem.where}: {problem.detail} ({often})"
        )
    yield beating(settings)


def waiting(how: Mapping[str, str]) -> Iterator[Health]:
    """What is listed and not read."""
    off = Counter(state for state in how.values() if state != "read")
    if off:
        parts = ", ".join(f"{number} {catalogue.STATES[state]}" for state, number in off.most_common())
        advice = "; thử cả danh sách: `langnghe source test --all`" if off["test"] else ""
        yield Health("nguồn chưa đọc", "warning" if off["test"] else "ok", f"{parts}{advice}")


def learnt(opened: store.Store, settings: config.Settings) -> Iterator[Health]:
    """The model the desk's learning put in force, and those that cannot be loaded."""
    weights, faults = shelf.chosen(settings, opened.models.pile())
    for model, why in faults:
        yield Health("mô hình đã học", "error", f"{model.version}: {why}; mô hình trước đó đang đánh giá thay")
    if weights.digest and weights.directory:
        yield Health("mô hình đã học", "ok", f"đang dùng {weights.directory.name}")


def mails(opened: store.Store, moment: datetime) -> Iterator[Health]:
    """Dead mails, and mails that wait for longer than a retry takes."""
    if dead := opened.outbox.counts().get("dead", 0):
        yield Health("thư hỏng", "warning", f"{dead} thư không gửi được; xem mục Thư trên bàn làm việc")
    waiting = [
        one for one in opened.outbox.list(1000, state="queued") if one.attempts or (one.next_try_at or moment) <= moment
    ]
    if late := [
        one for one in waiting if moment - one.created_at > LATE
    ]:  # what waits for quiet hours to end is not late
        since = vietnamese.time_text(late[-1].created_at)
        yield Health(
            "thư chờ",
            "error",
            f"{len(late)} thư chờ gửi quá lâu, từ {since}; kiểm tra máy chủ thư ({late[-1].error or 'chưa thử'})",
        )


def quotas(opened: store.Store, settings: config.Settings, moment: datetime) -> Iterator[Health]:
    """What was used today of YouTube's quota, where it is read through its interface."""
    if settings.social.youtube_key is None:
        return
    day = quota.day(moment)
    used = [opened.quotas.used(bucket, day) for bucket in (youtube.UNITS, youtube.SEARCHES)]
    most = [settings.social.youtube_units, settings.social.youtube_searches]
    said = [
        f"{vietnamese.number_text(one)} trên {vietnamese.number_text(all_)}"
        for one, all_ in zip(used, most, strict=True)
    ]
    text = (
        f"hôm nay đã dùng {said[0]} đơn vị, {said[1]} lượt tìm; mở lại lúc {vietnamese.time_text(quota.reset(moment))}"
    )
    state: State = "warning" if any(one >= all_ for one, all_ in zip(used, most, strict=True)) else "ok"
    yield Health("hạn mức YouTube", state, text)


def logged(opened: store.Store) -> Iterator[Health]:
    """The log of who did what, read whole."""
    if not opened.audit_intact():
        yield Health("nhật ký", "error", "có dòng bị sửa hoặc bị bỏ; giữ nguyên máy, đối chiếu với bản sao lưu")


def sealed(opened: store.Store) -> Iterator[Health]:
    """The chain of evidence, and what could not be sealed or stamped."""
    counts, broken = opened.evidence.counts(), opened.evidence.broken()
    if broken is not None:
        text = f"mắt xích số {broken} bị sửa hoặc mất; giữ nguyên máy, đối chiếu với bản sao lưu"
        yield Health("chứng cứ", "error", text)
    for name, text in (
        ("due", "trang chưa niêm phong được, sẽ thử lại"),
        ("unstamped", "bản ghi chưa có dấu thời gian"),
    ):
        if counts[name]:
            yield Health("chứng cứ", "warning", f"{counts[name]} {text}")


def beating(settings: config.Settings) -> Health:
    file = settings.data_dir / heartbeat.NAME
    if not file.exists():
        return Health("nhịp tim", "warning", "chưa chạy lần nào; bắt đầu bằng `langnghe run`")
    age = clock.wall().timestamp() - file.stat().st_mtime
    if age > LATE.total_seconds():
        return Health("nhịp tim", "error", f"tiến trình chính im lặng {round(age / 60)} phút; kiểm tra `langnghe run`")
    return Health("nhịp tim", "ok", "tiến trình chính đang chạy")
