"""Commands about accounts: user add|disable|list."""

from __future__ import annotations

import dataclasses
import getpass
import sys
from typing import Annotated, get_args

import typer

import config
import knowledge
from pipeline import accounts, lines, usage
from pipeline.clock import wall
from pipeline.doors import opened
from pipeline.say import say
from records import Officer, Role

user = typer.Typer(help="Tài khoản của bàn làm việc.", no_args_is_help=True, cls=usage.Group)
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
