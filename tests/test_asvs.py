"""docs/asvs.md answers every requirement of levels 1 and 2 once, and every test it names exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
TEXT = (HOUSE / "docs/asvs.md").read_text("utf-8")
LAST = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2, "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1, "3.2": 2, "3.3": 4, "3.4": 6,
    "3.5": 5, "3.7": 2, "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4, "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3, "6.1": 3, "6.2": 12,
    "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4, "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2, "8.1": 2,
    "8.2": 3, "8.3": 1, "8.4": 1, "9.1": 3, "9.2": 4, "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2,
    "10.7": 3, "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1, "12.1": 3, "12.2": 2, "12.3": 4, "13.1": 1,
    "13.2": 5, "13.3": 2, "13.4": 5, "14.1": 2, "14.2": 4, "14.3": 3, "15.1": 3, "15.2": 3, "15.3": 7, "16.1": 1, "16.2": 5,
    "16.3": 4, "16.4": 3, "16.5": 3, "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
"""section -> the number of its last requirement of level 1 or 2 (they come first in each section), ASVS 5.0.0"""
ROW = re.compile(r"^\| ([\d.]+)(?:-([\d.]+))? \| (met|partly|open|setup|n/a) \| (.+) \|$", re.M)


def answered() -> Iterator[tuple[str, str, str]]:
    """(requirement, state, answer), ranges written out."""
    for first, last, state, answer in ROW.findall(TEXT):
        section, _, number = first.rpartition(".")
        end = int((last or first).rpartition(".")[2])
        yield from ((f"{section}.{one}", state, answer) for one in range(int(number), end + 1))


def test_every_requirement_is_answered_once() -> None:
    wanted = {f"{section}.{one}" for section, last in LAST.items() for one in range(1, last + 1)}
    counted = Counter(requirement for requirement, _, _ in answered())
    assert len(wanted) == 253
    assert set(counted) == wanted, set(counted) ^ wanted
    assert [one for one, times in counted.items() if times > 1] == []


def test_every_row_is_read() -> None:
    """A row that is written in another way would be passed over."""
    written = [line for line in TEXT.splitlines() if re.match(r"\| \d", line)]
    assert len(written) == len(ROW.findall(TEXT))


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(test_\w+\.py)(?:::(\w+))?`", TEXT))
    assert len(named) > 50
    for file, function in named:
        path = HOUSE / "tests" / file
        assert path.is_file(), file
        assert not function or re.search(rf"^(async )?def {function}\(", path.read_text("utf-8"), re.M), (
            f"{file}::{function}"
        )


def test_what_is_met_by_a_test_is_most() -> None:
    """Of what applies; and what is not met is said."""
    applies = [(state, answer) for _, state, answer in answered() if state != "n/a"]
    tested = [state for state, answer in applies if state == "met" and "`test_" in answer]
    assert len(tested) >= 0.5 * len(applies), (len(tested), len(applies))
    assert any(state == "open" for state, _ in applies)
