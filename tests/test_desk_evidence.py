"""The evidence pack on the desk: who may take it, what is logged, and that it is whole."""

from __future__ import annotations

from pathlib import Path

import pytest

import store
from pipeline import verifying
from tests.desk_support import NOW, Rig, document, rig, token

FILES = {"van-ban.txt": b"chu", "bien-ban.json": b"{}"}
ITEM = f"/tin/{store.short_id(document(1).key)}"


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    made = rig(tmp_path)
    for one, _, _ in made.store.evidence.due(NOW, 10):
        assert made.store.evidence.seal(one, FILES, NOW)
    return made


def test_an_officer_takes_a_whole_pack_and_it_is_logged(desk: Rig, tmp_path: Path) -> None:
    client = desk.client("duty_officer")
    page = client.get(ITEM).text
    (record,) = desk.store.evidence.of(document(1).key)
    assert "Chứng cứ đã niêm phong" in page and record.hash in page
    answer = client.post(f"{ITEM}/chung-cu", data={"token": token(page)})
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    file = tmp_path / "goi.zip"
    file.write_bytes(answer.content)
    assert verifying.check(file).good
    lines = {line.what: line for line in desk.store.audit_log()}
    assert lines["evidence"].who == lines["gói chứng cứ"].who == "duty_officer"
    assert lines["gói chứng cứ"].detail in verifying.check(file).lines[0]


@pytest.mark.parametrize("role", ["viewer", "analyst", "unit"])
def test_others_see_that_it_is_sealed_and_cannot_take_it(desk: Rig, role: str) -> None:
    client = desk.client(role)
    page = client.get(ITEM).text
    assert "Chứng cứ đã niêm phong" in page and "Tải gói chứng cứ" not in page
    assert client.post(f"{ITEM}/chung-cu", data={"token": token(page)}).status_code == 403
    assert not [line for line in desk.store.audit_log() if line.what == "evidence"]


def test_what_is_not_flagged_has_no_panel(desk: Rig) -> None:
    page = desk.client("duty_officer").get(f"/tin/{store.short_id(document(2).key)}").text
    assert 'id="chung-cu"' not in page
