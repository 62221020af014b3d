"""What comes in by file: JSON lines, imports, saved pages, keys. Bad rows are refused with their line; good ones survive."""

from __future__ import annotations

import gzip
import json
import os
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config
from pipeline import importing, keys, lines, tables
from pipeline.commands import texts as commands
from records import BadInput, BadSetting

NOW = datetime(2026, 9, 14, tzinfo=UTC)


def refused(place: Path, content: bytes) -> tuple[list[str], list[str]]:
    """(ids taken, reasons) of a file with this content."""
    file, reasons = place / "vào.jsonl", []
    file.write_bytes(content)
    return [text.id for text in lines.texts(file, reasons.append)], reasons


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"{", "JSON"),
        (b"[1]", "đối tượng"),
        (b'{"id": 1, "text": "x"}', '"id"'),
        (b'{"id": "a"}', '"text"'),
        (b'{"id": "a", "text": null}', '"text"'),
        (b'{"id": "a", "text": "x", "title": 3}', '"title"'),
        (b'{"id": "a", "text": "x", "kind": "blog"}', '"kind"'),
        (b'{"id": "a", "text": "x", "date": "31/02/2026"}', '"date"'),
        (b'{"id": "a", "text": "x", "date": 20260101}', '"date"'),
        ('{"id": "a", "text": "xã"}'.encode("utf-16"), "UTF-8"),
        (b"[" * 100_000, "JSON"),
        (b'{"id": "a", "text": "' + b"x" * lines.LONGEST_LINE + b'"}', "dài quá"),
    ],
)
def test_a_bad_line_is_refused_by_number_and_the_rest_taken(tmp_path: Path, bad: bytes, reason: str) -> None:
    taken, reasons = refused(tmp_path, b'{"id": "1", "text": "x"}\n' + bad + b'\n\n{"id": "3", "text": "y"}\n')
    assert taken[0] == "1" and taken[-1] == "3"
    assert any(f"{tmp_path / 'vào.jsonl'}:2: " in line and reason in line for line in reasons), reasons


def test_times_are_days_in_viet_nam() -> None:
    assert lines.day("2026-08-31T18:30:00Z") == date(2026, 9, 1)
    assert lines.day("2026-08-31T18:30:00+07:00") == date(2026, 8, 31)
    assert lines.day("2026-08-31T18:30:00") == date(2026, 8, 31)
    assert lines.day(None) is None


def test_text_is_read_as_nfc() -> None:
    decomposed = "ba\u0309o hie\u0302\u0309m"
    assert lines.text({"id": "a", "text": decomposed}).text == "bảo hiểm"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reader(tmp_path: Path, content: bytes) -> None:
    refused(tmp_path, content)


def test_a_result_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "ra.jsonl"
    with pytest.raises(RuntimeError), lines.whole(out) as stream:
        stream.write("nửa chừng")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    with lines.whole(out) as stream:
        stream.write("xong\n")
    assert out.read_text() == "xong\n"
    with pytest.raises(BadInput, match="không ghi được"), lines.whole(tmp_path / "không-có" / "ra.jsonl"):
        pass


def test_csv_and_jsonl_import_alike(tmp_path: Path) -> None:
    table, rows = tmp_path / "a.csv", tmp_path / "a.jsonl"
    table.write_text("title,text,date,kind,id\nTin,Nội dung,01/9/2026,official,7\n", encoding="utf-8-sig")
    row = {"title": "Tin", "text": "Nội dung", "date": "01/9/2026", "kind": "official", "id": "7"}
    rows.write_text(json.dumps(row) + "\n", encoding="utf-8")
    made = [
        [importing.document(value, "tỉnh", NOW) for _, value in tables.rows(file, pytest.fail)]
        for file in (table, rows)
    ]
    assert made[0] == made[1]
    (document,) = made[0]
    assert document.key == "tỉnh:7" and document.kind == "official" and document.published_at is not None


def test_an_import_says_what_is_wrong(tmp_path: Path) -> None:
    for value, reason in (
        ({"title": "x"}, "text"),
        ({"text": "x", "kind": "k"}, "kind"),
        ({"text": "x", "date": "mai"}, "date"),
        ([], "đối tượng"),
    ):
        with pytest.raises(BadInput, match=reason):
            importing.document(value, "n", NOW)
    bad = tmp_path / "a.csv"
    bad.write_text("tiêu đề\nx\n", encoding="utf-8")
    with pytest.raises(BadInput, match="thiếu cột 'text'"):
        list(tables.rows(bad, pytest.fail))
    with pytest.raises(BadInput, match="chỉ nhận"):
        list(tables.rows(tmp_path / "a.exe", pytest.fail))


def test_the_same_words_import_once() -> None:
    one, two = (importing.document({"text": "Nội dung", "title": "Tin"}, "n", NOW) for _ in range(2))
    assert one.key == two.key and one.key.startswith("import:")


def test_a_saved_page_is_unpacked_within_bounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "LARGEST_PAGE", 1000)
    good, bomb, broken = tmp_path / "a.html.gz", tmp_path / "b.html.gz", tmp_path / "c.html.gz"
    good.write_bytes(gzip.compress(b"<p>x"))
    bomb.write_bytes(gzip.compress(b"0" * 10_000_000))
    broken.write_bytes(gzip.compress(b"<p>x" * 100)[:-20])
    assert commands.unpacked(good) == b"<p>x"
    for file in (bomb, broken, tmp_path / "không-có.html"):
        with pytest.raises(BadInput):
            commands.unpacked(file)


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path: Path) -> None:
    file = keys.ensure(tmp_path / "var")
    first = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys.ensure(tmp_path / "var").read_text() == first
    found = config.keys(config.Settings(data_dir=tmp_path / "var"))
    assert (
        len({found.author, found.desk, found.vault}) == 3
        and min(map(len, (found.author, found.desk, found.vault))) >= 32
    )


def test_a_missing_key_names_itself(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="author"):
        config.keys(config.Settings(data_dir=tmp_path))


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("data_dir = [", "không đọc được"),
        ("[mail]\nprot = 25", "mail.prot"),
        ("[mail]\nport = 0", "mail.port"),
        ('[mail]\ndaily_to = ["không phải thư"]', "mail.daily_to"),
        ('public_url = "ftp://x"', "public_url"),
        ("[crawl]\ndelay = -1", "crawl.delay"),
        ('[mail]\nsecurity = "ssl"', "mail.security"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(tmp_path: Path, toml: str, named: str) -> None:
    file = tmp_path / "langnghe.toml"
    file.write_text(toml, encoding="utf-8")
    with pytest.raises(BadSetting) as caught:
        config.read(file)
    assert str(file) in str(caught.value) and named in str(caught.value)


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "langnghe.toml"
    file.write_text('[mail]\nhost = "a.example"\nport = 26\n', encoding="utf-8")
    monkeypatch.setenv("LANGNGHE_MAIL__HOST", "b.example")
    settings = config.read(file)
    assert (settings.mail.host, settings.mail.port) == ("b.example", 26)
    assert settings.data_dir == tmp_path / "var"


def test_the_example_configuration_is_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    example = Path(__file__).parents[1] / "langnghe.toml.example"
    assert config.read(example).mail.daily_at == "07:00"


def test_a_secret_never_shows_in_an_error(tmp_path: Path) -> None:
    file = tmp_path / "langnghe.toml"
    file.write_text("[mail]\npassword = 12345678\n", encoding="utf-8")
    with pytest.raises(BadSetting) as caught:
        config.read(file)
    assert "12345678" not in str(caught.value)


def test_the_environment_of_a_child_names_its_file(tmp_path: Path) -> None:
    assert config.environment(tmp_path / "a.toml")["LANGNGHE_CONFIG"] == str(tmp_path / "a.toml")
    assert "LANGNGHE_CONFIG" not in os.environ


def test_paths_of_the_file_count_from_its_directory(tmp_path: Path) -> None:
    file = tmp_path / "langnghe.toml"
    file.write_text(
        '[crawl]\nsources = "nguon.toml"\n[keep]\nbackup_dir = "sao-luu"\n[judging]\nmodels = "/mo/hinh"\n',
        encoding="utf-8",
    )
    found = config.read(file)
    assert found.crawl.sources == tmp_path / "nguon.toml" and found.keep.backup_dir == tmp_path / "sao-luu"
    assert found.judging.models == Path("/mo/hinh") and found.judging.retrain_at == "02:00"


@pytest.mark.parametrize(
    ("toml", "words"),
    [
        ('[mail]\nport = "x"', "phải là số nguyên"),
        ("[mail]\nport = 70000", "không được quá 65535"),
        ("[crawl]\ninterval = 0", "phải từ 1 trở lên"),
        ('[mail]\ndaily_to = "a@b.vn"', "phải là danh sách"),
        ('mail = "x"', "phải là một mục"),
        ('[unit]\nname = "Trung tâm\\nBcc: x@y.vn"', "phải khớp mẫu"),
        ('[mail]\nsender = "lắng@nghe.vn"', "phải khớp mẫu"),
    ],
)
def test_a_wrong_value_is_explained_in_vietnamese(tmp_path: Path, toml: str, words: str) -> None:
    file = tmp_path / "langnghe.toml"
    file.write_text(toml, encoding="utf-8")
    with pytest.raises(BadSetting) as caught:
        config.read(file)
    assert words in str(caught.value) and "should" not in str(caught.value)


def test_a_wrong_variable_of_the_environment_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LANGNGHE_MAIL__DAILY_TO", "a@b.vn")
    with pytest.raises(BadSetting, match="LANGNGHE_"):
        config.read()


def test_keys_appear_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", full)
        with pytest.raises(BadSetting, match="data_dir"):
            keys.ensure(tmp_path / "var")
    assert not (tmp_path / "var" / config.KEYS_FILE).exists()
    keys.ensure(tmp_path / "var")
    assert config.keys(config.Settings(data_dir=tmp_path / "var")).desk
    (tmp_path / "tệp").write_text("")
    with pytest.raises(BadSetting, match="data_dir"):
        keys.ensure(tmp_path / "tệp" / "var")


def test_a_bad_row_of_a_table_stops_no_other(tmp_path: Path) -> None:
    file, reasons = tmp_path / "a.csv", []
    long = b"x" * (tables.LONGEST_FIELD + 1)
    file.write_bytes(b"title,text\nA,mot\nB,\xff\xfe\nC," + long + b"\nD,bon,thua,cot\n")
    taken = []
    for number, value in tables.rows(file, reasons.append):
        try:
            taken.append(importing.document(value, "n", NOW).title)
        except BadInput as error:
            reasons.append(f"{file}:{number}: {error}")
    assert taken == ["A"]
    assert [reason.split(": ")[0] for reason in reasons] == [f"{file}:3", f"{file}:4", f"{file}:5"], reasons


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.example/a", "không phải địa chỉ", "http://"])
def test_an_import_takes_no_address_that_is_none(url: str) -> None:
    with pytest.raises(BadInput):
        importing.document({"text": "Nội dung", "url": url}, "n", NOW)
