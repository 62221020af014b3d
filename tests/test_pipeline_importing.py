"""Imports of what a listening service delivers: columns by a mapping, bad rows by their line, nothing lost, doubles recognised."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pydantic import SecretStr

import config
import store
from crawlers.intake import Intake
from pipeline import importing, lines, tables
from records import BadInput

from .crawlers_support import NOW, OFFICIAL, Memorised
from .store_support import KEY, document

SECRET = SecretStr("khoa-cua-bo-kiem-thu-dai-hon-32-ky-tu")
MAP = "title=Tiêu đề,text=Nội dung,url=Link,date=Ngày đăng,outlet=Kênh,author=Tác giả,reach=Tương tác,id=Mã"
HEAD = "Mã;Tiêu đề;Nội dung;Link;Ngày đăng;Kênh;Tác giả;Tương tác;Cảm xúc"


def intake(kept: Any) -> Intake:
    return Intake(kept, config.Settings(author_key=SECRET, desk_key=SECRET, vault_key=SECRET), lambda: NOW, OFFICIAL)


def taken(kept: Any, file: Path, columns: str | None = None, kind: str = "press") -> tuple[dict[str, int], list[str]]:
    reasons: list[str] = []
    work = importing.Import(intake(kept), "dich-vu", kind, importing.mapping(columns))
    work.take(file, reasons.append)
    return dict(work.done), [reason.removeprefix(f"{file}:") for reason in reasons]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[store.Store]:
    url = f"sqlite:///{tmp_path / 'kho.db'}"
    store.create(url)
    opened = store.open(url, KEY)
    yield opened
    opened.close()


def put(place: Path, text: str, name: str = "tin.csv", encoding: str = "utf-8") -> Path:
    file = place / name
    file.write_bytes(text.encode(encoding))
    return file


def test_a_services_table_is_taken_by_its_own_columns(kept: store.Store, tmp_path: Path) -> None:
    row = '17;Lương hưu;"Gọi 0912 345 678; gấp";https://bao.example/1?utm_source=x;26/11/2026 07:00;Báo A;Nguyễn Văn Thợ;1.234;xấu'
    for encoding in ("utf-8-sig", "utf-16"):
        done, reasons = taken(kept, put(tmp_path, f"{HEAD}\r\n{row}\r\n", encoding=encoding), MAP, "post")
        assert reasons == [] and done in ({"new": 1}, {"same": 1})
    found = kept.documents.get("dich-vu:17")
    assert found is not None and (found.title, found.outlet, found.reach, found.kind) == (
        "Lương hưu",
        "Báo A",
        1234,
        "post",
    )
    assert "0912 345 678" not in (found.body or "") and found.url == "https://bao.example/1?utm_source=x"
    assert found.author and "Thợ" not in found.author
    assert found.published_at is not None and found.published_at.isoformat() == "2026-11-26T00:00:00+00:00"
    assert "Nguyễn Văn Thợ".encode() not in (tmp_path / "kho.db").read_bytes()


def test_json_lines_are_mapped_into_what_lies_within(kept: store.Store, tmp_path: Path) -> None:
    rows = [
        {"post": {"id": 9, "content": "Nội dung", "a.b": 1}, "url": "https://bao.example/9"},
        {"post": [1]},
        {"post": {"content": 7.5}},
    ]
    file = put(tmp_path, "\n".join(map(json.dumps, rows)), "tin.jsonl")
    done, reasons = taken(kept, file, "text=post.content,url=url,id=post.id")
    assert done == {"new": 1} and kept.documents.get("https://bao.example/9") is not None
    assert [reason.split(":")[0] for reason in reasons] == ["2", "3"]


def test_what_other_programs_write_before_the_first_row_is_no_row(tmp_path: Path) -> None:
    done, reasons = taken(Memorised(), put(tmp_path, "sep=;\ntitle;text\nA;một\nB;\n"))
    assert done == {"new": 1} and [reason.split(":")[0] for reason in reasons] == ["4"]
    assert taken(Memorised(), put(tmp_path, '{"text": "Một"}\n', "tin.jsonl", "utf-8-sig")) == ({"new": 1}, [])


@pytest.mark.parametrize(
    ("stated", "count"),
    [("12", 12), ("12.0", 12), ("1234,00", 1234), ("1.234", 1234), ("1,234,567", 1234567), ("1 234", 1234), ("1.234,0", 1234),
     ("0", 0), ("1.5", None), ("1,23", None), ("1.2345", None), ("1.234,567", None), ("-3", None), ("1e5", None), ("²", None), ("9" * 20, None)],
)  # fmt: skip
def test_a_count_is_a_count_however_it_is_written(stated: str, count: int | None) -> None:
    if count is None:
        with pytest.raises(BadInput, match="số đếm"):
            importing.reach(stated)
    else:
        assert importing.reach(stated) == count
    assert importing.document({"text": "x", "reach": 12.0}, "s", NOW).reach == 12


def test_bad_rows_are_named_by_line_and_the_rest_is_taken(tmp_path: Path) -> None:
    text = (
        "title,text,date,reach\n"
        "A,một,,\n"
        "B,,,\n"
        'C,"hai\ndòng",,\n'
        "D,bốn,mai,\n"
        "E,năm,,nhiều\n"
        "F,sáu, thừa, ô, nữa\n"
        'G,"bảy"x,,\n'
        "H,tám,,5\n"
        'I,"chín không đóng,,\n'
        "K,mười,,\n"
    )
    done, reasons = taken(Memorised(), put(tmp_path, text))
    assert done == {"new": 3}
    assert [reason.split(":")[0] for reason in reasons] == ["3", "6", "7", "8", "9", "11-12"], reasons
    assert "không đóng" in reasons[-1] and "nhiều ô hơn" in reasons[3]


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "LONGEST_LINE", 2000)
    monkeypatch.setattr(lines, "LONGEST_LINE", 2000)
    long = "x" * 9000
    done, reasons = taken(Memorised(), put(tmp_path, f"title,text\nA,một\nB,{long}\nC,ba\n"))
    assert done == {"new": 2} and [reason.split(":")[0] for reason in reasons] == ["3"] and "dài quá" in reasons[0]
    rows = "\n".join(json.dumps({"text": text}) for text in ("một", long, "ba"))
    done, reasons = taken(Memorised(), put(tmp_path, rows, "tin.jsonl"))
    assert done == {"new": 2} and [reason.split(":")[0] for reason in reasons] == ["2"]


def test_what_we_collected_ourselves_keeps_its_words(kept: store.Store, tmp_path: Path) -> None:
    kept.documents.keep(document("https://bao.example/1", title="Bài của báo", body="Cả bài."))
    done, _ = taken(kept, put(tmp_path, "title,text,url\nBài,Trích,https://bao.example/1?utm_source=x\n"))
    found = kept.documents.get("https://bao.example/1")
    assert done == {"same": 1} and found is not None and found.body == "Cả bài."


def test_a_delivery_said_again_is_known_and_a_corrected_one_changes(kept: store.Store, tmp_path: Path) -> None:
    file = put(tmp_path, "title,text,url\nA,một,https://bao.example/1\nA,một,https://bao.example/1\nB,hai,\n")
    assert taken(kept, file) == ({"new": 2, "same": 1}, [])
    assert taken(kept, file) == ({"same": 3}, [])
    assert taken(kept, put(tmp_path, "title,text,url\nA,đã sửa,https://bao.example/1\n")) == ({"changed": 1}, [])


def test_rows_that_would_overwrite_each_other_are_told(tmp_path: Path) -> None:
    text = "text,url,id\nmột,https://fb.example/1,\nhai,https://fb.example/1,\n"
    done, reasons = taken(Memorised(), put(tmp_path, text), kind="post")
    assert done == {"new": 1} and reasons[0].startswith("3: ") and "dòng 2" in reasons[0]
    numbered = put(tmp_path, "text,url,id\nmột,https://fb.example/1,1\nhai,https://fb.example/1,2\n")
    assert taken(Memorised(), numbered, kind="post") == ({"new": 2}, [])


@pytest.mark.parametrize("stated", ["text", "text=", "tex=a", "title=a", "text=a,text=b", "khong-co.toml", "=a"])
def test_a_wrong_mapping_is_refused(stated: str) -> None:
    with pytest.raises(BadInput, match="--map"):
        importing.mapping(stated)


def test_a_mapping_may_stand_in_a_file(tmp_path: Path) -> None:
    file = put(tmp_path, 'text = "Nội dung, đầy đủ"\n', "cot.toml")
    assert importing.mapping(str(file)) == {"text": "Nội dung, đầy đủ"}
    for wrong in ("text = 5\n", "x = 'a'\n", "["):
        with pytest.raises(BadInput, match="--map"):
            importing.mapping(str(put(tmp_path, wrong, "sai.toml")))


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="thiếu cột 'noi_dung'; tệp có các cột: title, text"):
        taken(Memorised(), put(tmp_path, "title,text\nA,b\n"), "text=noi_dung")
    with pytest.raises(BadInput, match="hai cột cùng tên"):
        taken(Memorised(), put(tmp_path, "text,text\nA,b\n"))


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=8))
def test_every_row_is_taken_or_told(tmp_path: Path, pairs: list[tuple[str, str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in pair) for pair in pairs]
    file = put(tmp_path, "\n".join(["title,text", *quoted]) + "\n", encoding="utf-8")
    done, reasons = taken(Memorised(), file)
    assert sum(done.values()) + len(reasons) == len(pairs)


@examples(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.binary(max_size=200), st.sampled_from([".csv", ".jsonl"]))
def test_no_bytes_stop_it(tmp_path: Path, content: bytes, kind: str) -> None:
    file = tmp_path / f"x{kind}"
    file.write_bytes(b"text\n" + content if kind == ".csv" else content)
    taken(Memorised(), file)
