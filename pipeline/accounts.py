"""Accounts: checked, added, disabled; each change in the audit log."""

from __future__ import annotations

import re
from datetime import datetime
from typing import get_args

import knowledge
import passwords
import store
from records import BadInput, Officer, Role

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
ADDRESS = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}")


def check(officer: Officer, known: knowledge.Knowledge) -> None:
    """Raises BadInput naming what is wrong."""
    if not LOGIN.fullmatch(officer.login):
        raise BadInput("tên đăng nhập gồm 2-40 chữ thường không dấu, số, dấu chấm, gạch")
    if wrong := set(officer.roles) - set(get_args(Role)):
        raise BadInput(f"không có vai trò {', '.join(sorted(wrong))}; các vai trò: {', '.join(get_args(Role))}")
    if officer.email and not ADDRESS.fullmatch(officer.email):
        raise BadInput(f"địa chỉ thư không đúng: {officer.email}")
    if "province" in officer.roles and officer.province not in {province.name for province in known.provinces}:
        raise BadInput("vai trò province cần --province là tên một trong 34 tỉnh, thành phố")


def add(kept: store.Store, officer: Officer, password: str, now: datetime) -> None:
    """Raises BadInput for a bad password or a login that exists."""
    try:
        hashed = passwords.make(password)
    except ValueError as error:
        raise BadInput(str(error)) from error
    if kept.officers.get(officer.login):
        raise BadInput(f"đã có tài khoản {officer.login}")
    kept.officers.add(officer, hashed)
    kept.audit("dòng lệnh", "thêm tài khoản", officer.login, now, ", ".join(officer.roles))


def disable(kept: store.Store, login: str, now: datetime) -> None:
    if not kept.officers.get(login):
        raise BadInput(f"không có tài khoản {login}")
    kept.officers.disable(login)
    kept.sessions.end_all(login)
    kept.audit("dòng lệnh", "khóa tài khoản", login, now, "")
