"""Texts from JSON lines and back: the input of `assess` and `stories`, checked line by line.

A line that cannot be used is refused with its number and a reason; it stops nothing and loses nothing.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO, get_args

import vietnamese
from records import BadInput, Kind, Text

LONGEST_LINE = 2_000_000
"""characters of one JSON line"""

Refuse = Callable[[str], None]


def texts(file: Path, refuse: Refuse) -> Iterator[Text]:
    """The texts of `file` in order; each refused line is told to `refuse` as "FILE:LINE: reason".

    Raises BadInput when the file cannot be opened.
    """
    for number, line in lines(file, refuse):
        try:
            yield text(line)
        except BadInput as error:
            refuse(f"{file}:{number}: {error}")


def lines(file: Path, refuse: Refuse) -> Iterator[tuple[int, Any]]:
    """(line number, JSON value) of every line that is UTF-8 JSON; blank lines are passed over."""
    try:
        stream = file.open("rb")
    except OSError as error:
        raise BadInput(f"{file}: không mở được: {error.strerror}") from error
    with stream:
        for number, raw in enumerate(bounded(stream), 1):
            if not raw.strip():
                continue
            try:
                if len(raw) > LONGEST_LINE:
                    raise ValueError(f"dòng dài quá {LONGEST_LINE} byte")
                yield number, json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
            except UnicodeDecodeError:
                refuse(f"{file}:{number}: không phải UTF-8")
            except RecursionError:
                refuse(f"{file}:{number}: JSON lồng nhau quá sâu")
            except ValueError as error:
                refuse(f"{file}:{number}: không phải JSON hợp lệ: {error}")


def bounded(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream; of one that is longer than LONGEST_LINE only the beginning, one byte more than that."""
    while line := stream.readline(LONGEST_LINE + 1):
        yield line
        while len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(LONGEST_LINE + 1) or b"\n"


def text(value: Any) -> Text:
    """One JSON value as a Text, NFC. Raises BadInput saying which key is wrong."""
    if not isinstance(value, Mapping):
        raise BadInput("mỗi dòng phải là một đối tượng JSON")
    if not isinstance(value.get("id"), str):
        raise BadInput('"id" phải là chuỗi')
    if not isinstance(value.get("text"), str):
        raise BadInput('"text" phải là chuỗi')
    title = value.get("title")
    if title is not None and not isinstance(title, str):
        raise BadInput('"title" phải là chuỗi hoặc null')
    kind = value.get("kind", "press")
    if kind not in get_args(Kind):
        raise BadInput('"kind" phải là "press", "official" hoặc "post"')
    body = vietnamese.nfc(value["text"])
    return Text(value["id"], vietnamese.nfc(title) if title else None, body, day(value.get("date")), kind)


def day(value: Any) -> date | None:
    """A date or ISO time as a date in Asia/Ho_Chi_Minh; None stays None. Raises BadInput."""
    if value is None:
        return None
    try:
        if len(value) == 10:
            return date.fromisoformat(value)
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadInput('"date" phải là "YYYY-MM-DD", thời gian ISO hoặc null') from error
    return (moment if moment.tzinfo is None else moment.astimezone(vietnamese.HO_CHI_MINH)).date()


def batches(items: Iterable[Text], size: int) -> Iterator[list[Text]]:
    batch: list[Text] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


@contextmanager
def whole(file: Path) -> Iterator[TextIO]:
    """A text file that appears whole or not at all."""
    try:
        handle, temporary = tempfile.mkstemp(dir=file.absolute().parent, prefix=f".{file.name}.")
    except OSError as error:
        raise BadInput(f"{file}: không ghi được: {error.strerror}") from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            yield out
        Path(temporary).chmod(0o644)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
