"""Room on the disk: a file kept in reserve, given up when the disk is nearly full, so that what is stored can still be
changed and alerts still go out; meanwhile nothing new is collected."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import config

RESERVE, RESERVED = "reserve", 64 * 2**20
FEW, TOO_FEW = 2 * 2**30, 256 * 2**20
"""free bytes under which a person should look; under which the reserve is given up"""
ENOUGH = 2 * TOO_FEW
"""free bytes from which on the reserve is laid up again and collecting goes on"""


def free(settings: config.Settings) -> int:
    """Free bytes where data_dir is, or will be."""
    place = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    return shutil.disk_usage(place).free


def short(settings: config.Settings) -> bool:
    """Whether nothing new should be collected now."""
    left = free(settings)
    return left < TOO_FEW or (left < ENOUGH and not reserve(settings).exists())


def keep(settings: config.Settings) -> None:
    """Lays up the reserve where there is room, gives it up where there is none."""
    file, left = reserve(settings), free(settings)
    if left < TOO_FEW:
        file.unlink(missing_ok=True)
    elif left >= ENOUGH and not file.exists():
        with file.open("wb") as opened:
            os.posix_fallocate(opened.fileno(), 0, RESERVED)


def reserve(settings: config.Settings) -> Path:
    return settings.data_dir / RESERVE
