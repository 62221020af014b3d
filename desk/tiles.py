"""The 34 provinces as a grid of equal tiles, roughly where they lie: every name is readable, no province is too small.

Drawn by hand for this product. The two archipelagos belong to Đà Nẵng and Khánh Hòa and are drawn with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PLACES: dict[str, tuple[int, int]] = {
    "Lai Châu": (1, 0), "Lào Cai": (2, 0), "Tuyên Quang": (3, 0), "Cao Bằng": (4, 0),
    "Điện Biên": (0, 1), "Sơn La": (1, 1), "Phú Thọ": (2, 1), "Thái Nguyên": (3, 1), "Lạng Sơn": (4, 1),
    "Hà Nội": (2, 2), "Bắc Ninh": (3, 2), "Quảng Ninh": (4, 2),
    "Ninh Bình": (2, 3), "Hưng Yên": (3, 3), "Hải Phòng": (4, 3),
    "Thanh Hóa": (2, 4),
    "Nghệ An": (2, 5),
    "Hà Tĩnh": (2, 6),
    "Quảng Trị": (3, 7),
    "Huế": (3, 8), "Đà Nẵng": (4, 8),
    "Quảng Ngãi": (4, 9),
    "Gia Lai": (4, 10),
    "Đồng Nai": (2, 11), "Lâm Đồng": (3, 12), "Đắk Lắk": (4, 11),
    "Tây Ninh": (1, 12), "Hồ Chí Minh": (2, 12), "Khánh Hòa": (4, 12),
    "An Giang": (0, 13), "Đồng Tháp": (1, 13), "Vĩnh Long": (2, 13),
    "Cà Mau": (0, 14), "Cần Thơ": (1, 14),
}  # fmt: skip
"""name -> column and row"""
ISLANDS = {"Hoàng Sa (Đà Nẵng)": (5, 8), "Trường Sa (Khánh Hòa)": (5, 13)}
WIDTH, HEIGHT, GAP = 96, 44, 4
COLUMNS, ROWS = 6, 15
LEVELS = 4


@dataclass(frozen=True, slots=True)
class Tile:
    """`level` 0 (nothing) .. LEVELS (the most); the count stands in the tile, so no colour need be told apart."""

    name: str
    x: int
    y: int
    count: int
    level: int


def tiles(counts: Mapping[str, int]) -> list[Tile]:
    """A tile a province, in reading order."""
    most = max([counts.get(name, 0) for name in PLACES] or [0])
    return [
        Tile(name, *_at(column, row), (n := counts.get(name, 0)), level(n, most))
        for name, (column, row) in sorted(PLACES.items(), key=lambda item: item[1][::-1])
    ]


def islands() -> list[Tile]:
    return [Tile(name, *_at(column, row), 0, 0) for name, (column, row) in ISLANDS.items()]


def level(count: int, most: int) -> int:
    """Which of LEVELS equal steps a count is in; 0 for none."""
    return 0 if not count else min(LEVELS, 1 + (LEVELS * (count - 1)) // max(most, 1))


def _at(column: int, row: int) -> tuple[int, int]:
    return column * (WIDTH + GAP), row * (HEIGHT + GAP)
