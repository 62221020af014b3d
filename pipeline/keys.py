"""Makes the secrets of an installation at its first run. Never overwrites one."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import config


def ensure(data_dir: Path) -> Path:
    """data_dir/keys.toml, made with mode 0600 where it does not exist."""
    file = data_dir / config.KEYS_FILE
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return file
    lines = [f'{name} = "{secrets.token_urlsafe(32)}"' for name in ("author", "desk", "vault")]
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(
            "# Khóa bí mật của bản cài đặt này. Sao lưu riêng; mất khóa vault thì không đọc lại được dấu hiệu lừa đảo.\n"
        )
        out.write("\n".join(lines) + "\n")
        out.flush()
        os.fsync(out.fileno())
    return file
