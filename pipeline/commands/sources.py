"""Commands about sources: source list|add|test|pause|resume."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Annotated

import typer

import config
import crawlers.sources
from pipeline import adding, catalogue, lines, trying, usage
from pipeline.clock import wall
from pipeline.doors import Rooms, open_all, opened
from pipeline.say import say
from records import BadInput

source = typer.Typer(help="Nguồn thu thập.", no_args_is_help=True, cls=usage.Group)
AT_ONCE = 25
"""sources tried in one crawl: what is known is said as it becomes known"""
BY = "dòng lệnh"
Name = Annotated[str, typer.Argument(help="mã nguồn", metavar="NGUỒN")]
Reason = Annotated[str, typer.Option("--reason", help="lý do, ghi vào nhật ký")]


@source.command("list", cls=usage.Command)
def listing(as_json: Annotated[bool, typer.Option("--json", help="in JSON")] = False) -> None:
    """Liệt kê nguồn và tình trạng."""
    settings = config.read()
    rows = crawlers.sources.load(settings.crawl.sources, settings.data_dir / crawlers.sources.OWN)
    with opened(settings.database_url) as kept:
        how = catalogue.states(kept, rows)
    for row in rows:
        if as_json:
            print(lines.dump(dataclasses.asdict(row) | {"state": how[row.id]}))
        else:
            say(f"{row.id}: {row.name} ({row.homepage}), hạng {row.grade}, {catalogue.STATES[how[row.id]]}")


@source.command("add", cls=usage.Command)
def add(
    url: Annotated[str, typer.Argument(help="trang chủ, RSS hoặc trang danh sách của nguồn", metavar="URL")],
    only_print: Annotated[bool, typer.Option("--print", help="chỉ in dòng nguồn, không ghi vào tệp")] = False,
) -> None:
    """Tìm RSS, sitemap, trang danh sách của một trang, đọc thử, rồi thêm vào tệp nguồn của đơn vị."""
    with open_all(config.read()) as rooms:
        asyncio.run(offer(rooms, url, only_print))


async def offer(rooms: Rooms, url: str, only_print: bool) -> None:
    found = await adding.find(rooms, url)
    say(found.text)
    if only_print or not found.trial.good:
        say("\n" + adding.row(found.source))
    if not found.trial.good:
        raise BadInput("chưa đọc được bài nào nên chưa thêm; sửa dòng nguồn ở trên rồi tự ghi vào tệp nguồn nếu cần")
    if not only_print:
        await adding.add(rooms, found.source, BY)
        say(f"Đã thêm nguồn {found.source.id} vào {rooms.settings.data_dir / crawlers.sources.OWN}.")


@source.command("test", cls=usage.Command)
def test(
    names: Annotated[list[str] | None, typer.Argument(help="mã nguồn", metavar="[NGUỒN...]")] = None,
    everything: Annotated[bool, typer.Option("--all", help="thử mọi nguồn chưa bị tạm dừng")] = False,
) -> None:
    """Thử nguồn: đọc RSS, đọc vài bài, nói rõ thấy gì. Nguồn đang chờ thử mà đọc được thì được bật từ đó."""
    if bool(names) == everything:
        raise BadInput("nêu mã nguồn, hoặc --all để thử mọi nguồn")
    with open_all(config.read()) as rooms:
        how = catalogue.states(rooms.store, rooms.sources)
        chosen = [catalogue.named(rooms.sources, name) for name in dict.fromkeys(names or [])] or [
            row for row in rooms.sources if how[row.id] != "paused"
        ]
        good = 0
        for start in range(0, len(chosen), AT_ONCE):
            for trial in asyncio.run(trying.test(rooms, chosen[start : start + AT_ONCE])):
                good += trial.good
                say(trial.text)
    if len(chosen) > 1:
        say(f"Đọc được {good} trên {len(chosen)} nguồn.")
    if good < len(chosen):
        raise typer.Exit(1)


@source.command("pause", cls=usage.Command)
def pause(name: Name, reason: Reason) -> None:
    """Tạm dừng đọc một nguồn."""
    switch(name, False, reason)
    say(f"Đã tạm dừng {name}.")


@source.command("resume", cls=usage.Command)
def resume(name: Name, reason: Reason) -> None:
    """Bật một nguồn: đang tạm dừng, chờ thử, hoặc chờ người đọc điều khoản."""
    switch(name, True, reason)
    say(f"Đã bật {name}.")


def switch(name: str, on: bool, reason: str) -> None:
    settings = config.read()
    catalogue.named(crawlers.sources.load(settings.crawl.sources, settings.data_dir / crawlers.sources.OWN), name)
    with opened(settings.database_url) as kept:
        kept.catalogue.switch(name, on, reason, BY, wall())
