"""A learnt model that was damaged or tampered with is never loaded; the one below it judges, and the operators hear of it."""

from __future__ import annotations

import io
import json
import pickle
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest

import config
import store
from nlp import weights
from nlp.weights import ARRAYS, MANIFEST, SHIPPED
from pipeline import clock, jobs, judging, shelf
from pipeline.doors import Rooms, open_all
from records import BadInput, Document

NOW = datetime(2026, 9, 14, 3, 0, tzinfo=UTC)
BASE = weights.version_of()


@pytest.fixture
def rooms(tmp_path: Path) -> Iterator[Rooms]:
    settings = config.Settings(
        data_dir=tmp_path, judging=config.Judging(workers=0), mail=config.Mail(alarm_to=("van-hanh@bhxh.example",))
    )
    with open_all(settings, clock.Hand(NOW)) as opened:
        yield opened


def shelved(rooms: Rooms, version: str, hours: int, base: str = BASE) -> Path:
    """A copy of the shipped weights under another version, in force."""
    place = shelf.home(rooms.settings) / version
    shutil.copytree(SHIPPED, place)
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    (place / MANIFEST).write_text(json.dumps(manifest | {"version": version}), encoding="utf-8")
    at = NOW + timedelta(hours=hours)
    digest = weights.digest_of(place)
    rooms.store.models.add(
        store.Model(version, base, version, "0.1", digest, "an", at, {"figures": []}, "in force", "thử", "an", at)
    )
    return place


@pytest.fixture
def learnt(rooms: Rooms) -> Path:
    """The upper of two models in force."""
    shelved(rooms, "lang-nghe-0a", 1)
    return shelved(rooms, "lang-nghe-0b", 2)


def rewritten(place: Path, arrays: dict[str, Any] | None = None, **manifest: Any) -> None:
    """What somebody who can write to the disk might do: other arrays, and a manifest that fits them."""
    if arrays is not None:
        np.savez_compressed(place / ARRAYS, **arrays)
    said = json.loads((place / MANIFEST).read_text(encoding="utf-8")) | manifest
    said["sha256"][ARRAYS] = weights.hashlib.sha256((place / ARRAYS).read_bytes()).hexdigest()
    (place / MANIFEST).write_text(json.dumps(said), encoding="utf-8")


def stored(place: Path) -> dict[str, Any]:
    with np.load(place / ARRAYS) as arrays:
        return {name: arrays[name] for name in arrays.files}


def test_a_whole_model_judges(rooms: Rooms, learnt: Path) -> None:
    assert rooms.weights.directory == learnt and rooms.model == "lang-nghe-0b" and judging.fault(rooms.weights) == ""


def test_a_flipped_byte_falls_back_at_once_and_is_told_once(rooms: Rooms, learnt: Path) -> None:
    body = bytearray((learnt / ARRAYS).read_bytes())
    body[len(body) // 2] ^= 1
    (learnt / ARRAYS).write_bytes(body)
    key = "https://bao.example/1"
    rooms.store.documents.keep(Document(key, "press", "b", "Báo", key, "Tin BHXH", None, "Lương hưu.", NOW, NOW))
    start = process_time()
    assert jobs.digest(rooms) == 1 and process_time() - start < 5
    assert rooms.model == "lang-nghe-0a" and rooms.store.judged.many([key])[key].assessment.model == "lang-nghe-0a"
    jobs.digest(rooms)
    (mail,) = rooms.store.outbox.list()
    assert mail.kind == "alarm" and mail.recipient == "van-hanh@bhxh.example" and "lang-nghe-0b" in mail.text
    (problem,) = rooms.store.runs.problems(NOW - timedelta(days=1))
    assert problem.where == "lang-nghe-0b" and "hỏng" in problem.detail


def test_where_all_are_damaged_the_shipped_weights_judge(rooms: Rooms, learnt: Path) -> None:
    (learnt / ARRAYS).write_bytes(b"")
    shutil.rmtree(learnt.with_name("lang-nghe-0a"))
    assert rooms.weights == judging.SHIPPED and rooms.model == BASE


def test_a_truncated_file_is_not_loaded(rooms: Rooms, learnt: Path) -> None:
    (learnt / ARRAYS).write_bytes((learnt / ARRAYS).read_bytes()[:1000])
    assert rooms.model == "lang-nghe-0a"


@pytest.mark.parametrize("text", ["", "[]", "{}", "\x80\x04 not json", '{"format": 3, "sha256": {"../../x": "y"}}'])
def test_a_manifest_of_nonsense_is_not_loaded(rooms: Rooms, learnt: Path, text: str) -> None:
    (learnt / MANIFEST).write_text(text, encoding="utf-8")
    assert rooms.model == "lang-nghe-0a"


def test_other_weights_with_a_manifest_that_fits_them_are_not_loaded(rooms: Rooms, learnt: Path) -> None:
    arrays = stored(learnt)
    arrays["bias.sentiment"] = arrays["bias.sentiment"] + 9
    rewritten(learnt, arrays)
    weights.load(learnt)  # sound in itself
    assert "ghi sổ" in judging.fault(judging.Weights(learnt, rooms.store.models.pile()[0].digest))
    assert rooms.model == "lang-nghe-0a"
    with pytest.raises(BadInput):  # swapped between the look and the loading
        judging.assess(judging.Weights(learnt, rooms.store.models.pile()[0].digest), [])


@dataclass
class Bomb:
    """Pickled, it writes a file where it is loaded."""

    file: str

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return open, (self.file, "w")


def test_no_pickle_is_ever_loaded(learnt: Path, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    rewritten(learnt, stored(learnt) | {"bias.sentiment": np.array([Bomb(str(trap))], dtype=object)})
    with pytest.raises(BadInput):
        weights.load(learnt)
    (learnt / ARRAYS).write_bytes(pickle.dumps(Bomb(str(trap))))
    rewritten(learnt)
    with pytest.raises(BadInput):
        weights.load(learnt)
    assert not trap.exists()


@pytest.mark.parametrize("odd", ["more", "type", "shape", "nan", "missing"])
def test_arrays_that_do_not_belong_are_refused(learnt: Path, odd: str) -> None:
    arrays = stored(learnt)
    if odd == "more":
        arrays["secret"] = np.zeros(3, np.float32)
    elif odd == "type":
        arrays["idf"] = np.array(["x"] * 3)
    elif odd == "shape":
        arrays["weights.sentiment"] = arrays["weights.sentiment"][:-1]
    elif odd == "nan":
        arrays["weights.sentiment"][0, 0] = np.nan
    else:
        del arrays["lean.target"]
    rewritten(learnt, arrays)
    with pytest.raises(BadInput):
        weights.load(learnt)


def test_a_bomb_is_refused_before_it_is_unpacked(learnt: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as file:
        file.writestr("idf.npy", b"\0" * 50_000_000)
    (learnt / ARRAYS).write_bytes(packed.getvalue())
    rewritten(learnt)
    monkeypatch.setattr(weights, "LARGEST", 10_000_000)
    with pytest.raises(BadInput, match="lớn bất thường"):
        weights.load(learnt)


def test_a_name_never_leads_outside_the_shelf(rooms: Rooms) -> None:
    shutil.copytree(SHIPPED, rooms.settings.data_dir / "outside")
    digest = weights.digest_of(SHIPPED)
    rooms.store.models.add(
        store.Model("../outside", BASE, "d", "0.1", digest, "an", NOW, {"figures": []}, "in force", "thử", "an", NOW)
    )
    assert rooms.weights == judging.SHIPPED


def test_a_model_learnt_from_other_trained_weights_waits_for_the_next_learning(rooms: Rooms) -> None:
    shelved(rooms, "lang-nghe-0c", 3, base="lang-nghe-cu")
    _, ((model, why),) = shelf.chosen(rooms.settings, rooms.store.models.pile())
    assert rooms.weights == judging.SHIPPED and model.version == "lang-nghe-0c" and "lang-nghe-cu" in why
