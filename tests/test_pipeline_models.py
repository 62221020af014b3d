"""A learnt model that was damaged or tampered with is never loaded; the shipped one judges."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import config
from nlp.weights import ARRAYS, MANIFEST, SHIPPED
from pipeline import judging

VERSION = "lang-nghe-0123456789"


@pytest.fixture
def learnt(tmp_path: Path) -> Path:
    home = tmp_path / "models"
    shutil.copytree(SHIPPED, home / VERSION)
    (home / "current").write_text(VERSION, encoding="utf-8")
    return home / VERSION


def in_force(learnt: Path) -> Path | None:
    return judging.models(config.Settings(data_dir=learnt.parents[1]))


def test_a_whole_model_judges(learnt: Path) -> None:
    assert in_force(learnt) == learnt and judging.fault(learnt) == ""


def test_a_flipped_byte_is_not_loaded(learnt: Path) -> None:
    body = bytearray((learnt / ARRAYS).read_bytes())
    body[len(body) // 2] ^= 1
    (learnt / ARRAYS).write_bytes(body)
    assert in_force(learnt) is None and "hỏng" in judging.fault(learnt)
    assert judging.judge(in_force(learnt)).version != VERSION


def test_a_truncated_file_is_not_loaded(learnt: Path) -> None:
    (learnt / ARRAYS).write_bytes((learnt / ARRAYS).read_bytes()[:1000])
    assert in_force(learnt) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x80\x04 not json"])
def test_a_manifest_of_nonsense_is_not_loaded(learnt: Path, text: str) -> None:
    (learnt / MANIFEST).write_text(text, encoding="utf-8")
    assert in_force(learnt) is None and judging.fault(learnt)


def test_a_pointer_never_leads_outside(learnt: Path) -> None:
    shutil.copytree(SHIPPED, learnt.parents[1] / "outside")
    (learnt.parent / "current").write_text("../outside", encoding="utf-8")
    assert in_force(learnt) is None
