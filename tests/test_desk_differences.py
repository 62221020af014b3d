"""What the item page shows of an edit, an absence and a correction."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import store
from desk import differences
from desk.differences import Piece
from records import Correction, Version
from tests.desk_support import NOW, Rig, assessment, document, rig

OLD = "Từ tháng 7, lương hưu tăng 30% cho mọi người. Hồ sơ nộp tại cơ quan BHXH nơi cư trú."
NEW = "Từ tháng 7, lương hưu tăng 8% cho mọi người. Hồ sơ nộp tại cơ quan BHXH nơi cư trú."
WORDS = st.lists(st.sampled_from(["lương", "hưu", "tăng", "8%", "30%", "và", "\n\n", "BHXH."]), max_size=40)


def test_one_word_is_one_place() -> None:
    assert differences.compared(OLD, NEW) == [
        Piece("same", "Từ tháng 7, lương hưu tăng"),
        Piece("out", "30%"),
        Piece("in", "8%"),
        Piece("same", "cho mọi người. Hồ sơ nộp tại cơ quan BHXH nơi cư trú."),
    ]


def test_words_that_stayed_between_two_changes_are_read_with_them() -> None:
    pieces = differences.compared("mức đóng là 22% từ năm 2024 trở đi", "mức đóng là 25% từ tháng 7 trở đi")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "mức đóng là"), ("out", "22% từ năm 2024"), ("in", "25% từ tháng 7"), ("same", "trở đi"),
    ]  # fmt: skip


def test_long_stretches_that_stayed_are_left_out() -> None:
    around = " ".join(f"chữ{n}" for n in range(100))
    pieces = list(differences.shortened(differences.compared(f"{around} cũ {around}", f"{around} mới {around}")))
    assert [piece.kind for piece in pieces] == ["gap", "same", "out", "in", "same", "gap"]
    assert pieces[1].text == " ".join(f"chữ{n}" for n in range(88, 100))


@given(WORDS, WORDS)
def test_both_texts_can_be_read_off(old: list[str], new: list[str]) -> None:
    pieces = differences.compared(" ".join(old), " ".join(new))
    for kind, words in (("out", old), ("in", new)):
        told = " ".join(piece.text for piece in pieces if piece.kind in ("same", kind))
        assert told.split() == " ".join(words).split()


def test_hostile_texts_cost_little() -> None:
    start = time.perf_counter()
    differences.compared("a " * 20_000, "a b " * 10_000)
    differences.compared(" ".join(map(str, range(20_000))), " ".join(map(str, range(20_000, 0, -1))))
    assert time.perf_counter() - start < 20


def test_the_parts_that_changed_are_named() -> None:
    old = Version("k", NOW, "1", "Tên", "Sapô", OLD)
    assert differences.between(old, old) == []
    (title, body) = differences.between(old, replace(old, title="Tên khác", body=NEW))
    assert (title.name, body.name, body.places) == ("Tiêu đề", "Nội dung", 1)
    (lead,) = differences.between(old, replace(old, lead=None))
    assert [piece.kind for piece in lead.pieces] == ["out"]


# ---------------------------------------------------------------- on the page


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def page(desk: Rig, number: int, role: str = "viewer") -> str:
    answer = desk.client(role).get(f"/tin/{store.short_id(document(number).key)}")
    assert answer.status_code == 200
    return answer.text


def test_an_edit_is_shown_word_by_word_and_escaped(desk: Rig) -> None:
    assert "Nguồn đã sửa bài" not in page(desk, 3)
    changed = document(3, body="Nội dung <b>khác</b> của tin.", first_seen=NOW + timedelta(days=1))
    desk.store.documents.keep(changed)
    shown = page(desk, 3)
    assert "sửa 1 chỗ" in shown and "<ins>&lt;b&gt;khác&lt;/b&gt;</ins>" in shown and "<b>khác" not in shown


def test_an_absence_is_shown_as_what_it_is(desk: Rig) -> None:
    key, hours = document(3).key, timedelta(hours=1)
    desk.store.documents.missing(key, NOW, 404)
    assert "chưa coi là đã gỡ" in page(desk, 3)
    desk.store.documents.missing(key, NOW + 7 * hours, 404)
    assert "Bài gốc không còn (mã 404)" in page(desk, 3)
    desk.store.documents.keep(replace(document(3), first_seen=NOW + 30 * hours))
    shown = page(desk, 3)
    assert "thấy có lại lúc" in shown and "Bài gốc không còn" not in shown


def test_a_correction_is_shown_on_both_pages_to_who_may_see_it(desk: Rig) -> None:
    first, second = document(2).key, document(4).key
    assert desk.store.corrections.add(Correction(second, first, "title", NOW))
    assert "Đã có bài cải chính, đính chính tin này" in page(desk, 2)
    assert "Bài này cải chính, đính chính" in page(desk, 4)
    assert "cải chính" not in page(desk, 2, "province"), "the other item does not concern this office"
    assert assessment(first).provinces == ()
