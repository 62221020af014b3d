"""The command line's own words in Vietnamese: the labels of help pages, and what is said of a wrong call."""

from __future__ import annotations

import re
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

import complaints

LABELS = {
    "Usage:": "Cách dùng:",
    "Options:": "Tùy chọn:",
    "Arguments:": "Tham số:",
    "Commands:": "Lệnh:",
    "[OPTIONS]": "[TÙY CHỌN]",
    "COMMAND [ARGS]...": "LỆNH [THAM SỐ]...",
    "[required]": "[bắt buộc]",
    "[default: ": "[mặc định: ",
    "Show this message and exit.": "hiện trang này rồi thoát",
}
_LABEL = re.compile("|".join(map(re.escape, LABELS)))
_UNKNOWN = re.compile(r"No such command '(.*)'")
_EXTRA = re.compile(r"Got unexpected extra argument\S* \((.*)\)")


class Command(TyperCommand):
    """A command whose help page is Vietnamese throughout."""

    def get_help(self, ctx: Any) -> str:
        return vietnamese(super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help page is Vietnamese throughout."""

    def get_help(self, ctx: Any) -> str:
        return vietnamese(super().get_help(ctx))


def vietnamese(page: str) -> str:
    return _LABEL.sub(lambda found: LABELS[found[0]], page)


def wrong(error: TyperException) -> str:
    """What is wrong with a call, where, and how to see the right way; the whole help page where nothing was asked."""
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        return str(context.get_help()) if context else reason(error)
    path = context.command_path if context else "langnghe"
    return f"Lỗi: {reason(error)}; xem `{path} --help`"


def reason(error: TyperException) -> str:
    said, kind, option = error.format_message(), type(error).__name__, getattr(error, "option_name", "")
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint() if parameter is not None else ""
    if kind == "MissingParameter":
        return f"thiếu {name}"
    if isinstance(error, typer.BadParameter):
        return f"giá trị của {name} không đúng ({complaints.in_words(error.message)})"
    if kind == "NoSuchOption":
        return f"không có tùy chọn {option}"
    if kind == "BadOptionUsage":
        return f"tùy chọn {option} cần một giá trị"
    if found := _UNKNOWN.match(said):
        return f"không có lệnh {found[1]!r}"
    if found := _EXTRA.match(said):
        return f"thừa tham số {found[1]}"
    return said
