"""Words: normalised without corrupting real ones, with places that hold; sentences; underthesea without its noise."""

from __future__ import annotations

import logging
import subprocess
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp import text

NOISE = st.text(alphabet=st.sampled_from("aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạĐƯ .,!?\n\"'0123456789…İß"), max_size=300)


def test_terms_become_one_word_however_they_are_written() -> None:
    for written in ("bảo hiểm xã hội", "Bảo Hiểm Xã Hội", "BHXH", "bao hiem xa hoi"):
        assert text.syllables(f"nợ {written} lâu") == ["nợ", "bhxh", "lâu"]


def test_spoken_writings_are_read_but_real_syllables_are_left_alone() -> None:
    assert text.syllables("ko đc đóng bh") == ["không", "được", "đóng", "bảo hiểm"]
    assert text.syllables("vi phạm ma túy cung cấp dan") == ["vi", "phạm", "ma", "túy", "cung", "cấp", "dan"]


def test_numbers_keep_their_shape_and_small_ones_their_value() -> None:
    assert text.syllables("1.300.000 đồng, 75% sau 15 năm, 100%, 01/7/2025") == [
        *["9.999.999", "đồng", "75", "sau", "15", "năm", "100", "99/9/9999"]
    ]


@given(NOISE)
def test_places_point_at_the_word_itself(written: str) -> None:
    written = unicodedata.normalize("NFC", written)
    found = text.located(written)
    assert [word for word, _, _ in found] == text.syllables(written)
    for _, start, end in found:
        assert 0 <= start < end <= len(written)
        assert not written[start].isspace()
        assert not written[end - 1].isspace()


@given(NOISE)
def test_sentences_cover_all_but_blanks_in_order(written: str) -> None:
    bounds = text.sentences(written)
    covered = "".join(written[start:end] for start, end in bounds)
    assert "".join(covered.split()) == "".join(written.split())
    assert all(a[1] <= b[0] for a, b in pairwise(bounds))


def test_sentences_agree_with_underthesea_on_press_text() -> None:
    written = "Quỹ đã chi đủ. Người dân yên tâm! Bao giờ tăng tiếp? Bộ Y tế chưa trả lời."
    from underthesea import sent_tokenize

    assert [written[start:end] for start, end in text.sentences(written)] == sent_tokenize(written)


def test_underthesea_is_not_imported_before_words_are_asked_for_and_adds_no_handlers() -> None:
    code = (
        "import logging, sys; import nlp.judge; assert 'underthesea' not in sys.modules; from nlp import text;"
        "print(text.words('Bảo hiểm xã hội trả lương hưu')[0]); assert not logging.getLogger().handlers"
    )
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, cwd=Path(__file__).parents[1]
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith("(0, ")


@given(NOISE)
@settings(deadline=None, max_examples=30)
def test_words_stand_in_order_where_they_are_said_to(written: str) -> None:
    bounds = text.words(written)
    assert all(0 <= start < end <= len(written) for start, end in bounds)
    assert all(a[1] <= b[0] for a, b in pairwise(bounds))


def test_a_term_of_several_syllables_is_one_word() -> None:
    written = "Cơ quan bảo hiểm xã hội trả lương hưu"
    found = [written[start:end] for start, end in text.words(written)]
    assert "bảo hiểm" in " ".join(found)
    assert len(found) < len(written.split())


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("underthesea").handlers.clear()
