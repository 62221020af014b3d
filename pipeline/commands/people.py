"""Commands about accounts and sources: user add|disable|list, source list|add|test."""

from __future__ import annotations

import asyncio
import dataclasses
import getpass
import sys
from typing import Annotated, get_args

import typer

import config
import crawlers.sources
import knowledge
from pipeline import accounts, lines, trying, usage
from pipeline.clock import wall
from pipeline.doors import open_all, opened
from pipeline.say import say
from records import BadInput, Officer, Role

user = typer.Typer(help="Tài khoản của bàn làm việc.", no_args_is_help=True, cls=usage.Group)
source = typer.Typer(help="Nguồn thu thập.", no_args_is_help=True, cls=usage.Group)
Json = Annotated[bool, typer.Option("--json", help="in JSON")]


@user.command("add", cls=usage.Command)
def add(
    login: Annotated[str, typer.Argument(help="tên đăng nhập", metavar="TÊN")],
    roles: Annotated[list[str], typer.Option("--role", help=f"vai trò: {', '.join(get_args(Role))}")],
    name: Annotated[str, typer.Option(help="họ tên")] = "",
    email: Annotated[str, typer.Option(help="địa chỉ thư")] = "",
    province: Annotated[str | None, typer.Option(help="tỉnh, thành phố (vai trò province)")] = None,
    unit: Annotated[str | None, typer.Option(help="đơn vị (vai trò unit)")] = None,
) -> None:
    """Thêm tài khoản; mật khẩu được hỏi, hoặc đọc một dòng từ đầu vào chuẩn."""
    officer = Officer(login, name or login, email, tuple(roles), province, unit)  # type: ignore[arg-type]
    accounts.check(officer, knowledge.load())
    password = getpass.getpass("Mật khẩu: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    with opened(config.read().database_url) as kept:
        accounts.add(kept, officer, password, wall())
    say(f"Đã thêm tài khoản {login}.")


@user.command("disable", cls=usage.Command)
def disable(login: Annotated[str, typer.Argument(help="tên đăng nhập", metavar="TÊN")]) -> None:
    """Khóa tài khoản; mọi phiên đang mở kết thúc ngay."""
    with opened(config.read().database_url) as kept:
        accounts.disable(kept, login, wall())
    say(f"Đã khóa tài khoản {login}.")


@user.command("list", cls=usage.Command)
def users(as_json: Json = False) -> None:
    """Liệt kê tài khoản."""
    with opened(config.read().database_url) as kept:
        for officer in kept.officers.all():
            if as_json:
                print(lines.dump(dataclasses.asdict(officer)))
            else:
                state = "" if officer.active else " (đã khóa)"
                say(
                    f"{officer.login}{state}: {officer.name}, {', '.join(officer.roles)}, {officer.email or 'chưa có thư'}"
                )


@source.command("list", cls=usage.Command)
def sources(as_json: Json = False) -> None:
    """Liệt kê nguồn."""
    for row in crawlers.sources.load(config.read().crawl.sources):
        if as_json:
            print(lines.dump(dataclasses.asdict(row)))
        else:
            say(f"{row.id}: {row.name} ({row.homepage}), {len(row.feeds)} RSS, {len(row.sitemaps)} sitemap")


@source.command("add", cls=usage.Command)
def add_source(url: Annotated[str, typer.Argument(help="trang chủ hoặc RSS của nguồn", metavar="URL")]) -> None:
    """Tìm RSS và sitemap của một trang rồi in ra dòng nguồn để thêm vào tệp nguồn của bạn."""
    with open_all(config.read()) as rooms:
        say(asyncio.run(trying.proposal(rooms, url)))


@source.command("test", cls=usage.Command)
def test(name: Annotated[str, typer.Argument(help="mã nguồn", metavar="NGUỒN")]) -> None:
    """Thử một nguồn: đọc RSS, đọc vài bài, nói rõ thấy gì; không lưu gì."""
    with open_all(config.read()) as rooms:
        found = [row for row in rooms.sources if row.id == name]
        if not found:
            raise BadInput(f"không có nguồn {name}; xem `langnghe source list`")
        report = asyncio.run(trying.test(rooms, found[0]))
    for line in report.lines:
        say(line)
    if not report.good:
        raise typer.Exit(1)
