"""Makes the secrets of an installation at its first run. Never overwrites one."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

import config
from records import BadSetting


def ensure(data_dir: Path) -> Path:
    """data_dir/keys.toml, made with mode 0600 where it does not exist. Raises BadSetting where it cannot be written."""
    file = data_dir / config.KEYS_FILE
    try:
        data_dir.mkdir(0o750, parents=True, exist_ok=True)
        if not file.exists():
            _make(file)
    except OSError as error:
        raise BadSetting(
            f"data_dir: {data_dir}: không ghi được ({error.strerror}); kiểm tra quyền và chỗ trống"
        ) from error
    return file


def _make(file: Path) -> None:
    """The file appears whole or not at all: a half-written one would be refused at every later start."""
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    lines = [f'{name} = "{secrets.token_urlsafe(32)}"' for name in ("author", "desk", "vault")]
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(
                "# Khóa bí mật của bản cài đặt này. Sao lưu riêng; mất khóa vault thì không đọc lại được dấu hiệu lừa đảo.\n"
            )
            out.write("\n".join(lines) + "\n")
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):  # another process was quicker: its keys stand
            os.link(temporary, file)
    finally:
        Path(temporary).unlink()
