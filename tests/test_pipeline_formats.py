"""The command-line formats other programs call. The keys are read from the format's own page where it is at hand."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import nlp.judge
import store
from pipeline import __main__ as command_line
from records import Document

FORMATS = Path(__file__).resolve().parents[2] / "shared" / "formats.md"
ASSESS = {
    "id",
    "relevance",
    "relevance_score",
    "sentiment",
    "sentiment_scores",
    "target",
    "topics",
    "feedback",
    "provinces",
    "provinces_unsure",
    "acts",
    "claims",
    "model",
}
ACT = {"clause", "mode", "score", "field", "start", "end", "quote", "reason", "rule", "fact_id", "law"}
CLAIM = {"quote", "verdict", "fact_id", "differs", "legal_basis"}
READ = {
    "title",
    "lead",
    "body",
    "published_at",
    "modified_at",
    "authors",
    "section",
    "canonical_url",
    "outlet",
    "method",
}
TEXTS = [
    {
        "id": "1",
        "title": "Từ 1/7/2026 lương hưu tăng 8%",
        "text": "Người hưởng lương hưu được điều chỉnh tăng 8% từ tháng 7/2026.",
        "date": "2026-07-02",
    },
    {
        "id": "2",
        "title": None,
        "text": "Bên em thu mua sổ BHXH giá cao, giải ngân trong ngày, ib em, chụp sổ báo giá trước",
        "date": "2026-08-01",
        "kind": "post",
    },
    {"id": "3", "title": "Đội tuyển thắng đậm", "text": "Trận đấu tối qua kết thúc với tỷ số 3-0.", "date": None},
    {
        "id": "4",
        "title": None,
        "text": "Lương hưu từ 1/7/2026 tăng 30% luôn nha bà con",
        "date": "2026-07-10T08:00:00+07:00",
        "kind": "post",
    },
]


@dataclass
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """`langnghe ...` in a directory of its own, in this process."""
    monkeypatch.chdir(tmp_path)

    def running(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["langnghe", *arguments])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        said = capsys.readouterr()
        code = ended.value.code
        return Ran(code if isinstance(code, int) else 0 if code is None else 1, said.out, said.err)

    return running


def keys(section: str, opening: str) -> set[str]:
    """The keys of the first JSON object of a section of the format's page that begins with `opening`."""
    page = FORMATS.read_text(encoding="utf-8")
    text = page[page.index(section) :]
    text = text[text.index(opening) :]
    return set(re.findall(r'"([a-z_0-9]+)"(?=[,:}\s])', text[: text.index("}") + 1].split("[{")[0])) - {"title|text"}


@pytest.mark.skipif(not FORMATS.exists(), reason="needs ../shared/formats.md")
def test_our_keys_are_those_of_the_page() -> None:
    assert keys("## `langnghe read", "`{") == READ
    page = FORMATS.read_text(encoding="utf-8")
    block = page[page.index("Out, same order") :]
    block = block[block.index("```") + 3 :]
    block = block[: block.index("```")]
    acts = block[block.index('"acts": [') + 9 : block.index('"claims"')]
    claims = block[block.index('"claims": [') + 11 : block.index('"model"')]
    named = r'"([a-z_0-9]+)"(?=[:,}])'
    values = {"title", "text", "negative", "neutral", "positive", "supported", "contradicted", "unchecked", "none"}
    assert set(re.findall(named, acts)) - values == ACT
    assert set(re.findall(named, claims)) - values == CLAIM
    assert set(re.findall(r'"([a-z_0-9]+)"', block)) >= ASSESS


def assessed(run: Any, place: Path, rows: list[Any], code: int = 0) -> list[dict[str, Any]]:
    source, out = place / "vào.jsonl", place / "ra.jsonl"
    source.write_text(
        "\n".join(row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows),
        encoding="utf-8",
    )
    assert run("assess", str(source), str(out)).code == code
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_assess_answers_each_line_in_order_with_all_keys(run: Any, tmp_path: Path) -> None:
    found = assessed(run, tmp_path, TEXTS)
    assert [row["id"] for row in found] == ["1", "2", "3", "4"]
    for row, given in zip(found, TEXTS, strict=True):
        assert set(row) == ASSESS
        assert 0 <= row["relevance_score"] <= 1 and row["relevance"] in (0, 1, 2)
        for act in row["acts"]:
            assert set(act) == ACT
            assert str(given[act["field"]])[act["start"] : act["end"]] == act["quote"]
            assert 0 <= act["score"] <= 1 and act["reason"]
        assert all(set(claim) == CLAIM for claim in row["claims"])
    sport = found[2]
    assert sport["relevance"] == 0 and sport["sentiment"] is sport["sentiment_scores"] is sport["target"] is None
    assert (
        sport["topics"] == sport["provinces"] == sport["acts"] == sport["claims"] == [] and sport["feedback"] == "none"
    )
    advert = found[1]
    assert [(act["clause"], act["mode"]) for act in advert["acts"]][:1] == [("3c", "commits")]
    mistake = found[3]
    assert (
        mistake["acts"] == []
        and mistake["claims"][0]["verdict"] == "contradicted"
        and mistake["claims"][0]["fact_id"] == "F006"
    )


def test_assess_refuses_bad_lines_and_goes_on(run: Any, tmp_path: Path) -> None:
    found = assessed(run, tmp_path, [TEXTS[0], "{hỏng", {"id": 5, "text": "x"}, TEXTS[2]], code=1)
    assert [row["id"] for row in found] == ["1", "3"]


def test_assess_does_nothing_without_its_file(run: Any, tmp_path: Path) -> None:
    ran = run("assess", "không-có.jsonl", str(tmp_path / "ra.jsonl"))
    assert ran.code == 2 and "không mở được" in ran.err and not (tmp_path / "ra.jsonl").exists()


def test_read_gives_what_the_page_says(run: Any, tmp_path: Path) -> None:
    page = """<html lang="vi"><head><meta property="og:title" content="Lương hưu tháng 9"><meta property="og:site_name" content="Báo Thử">
    <meta property="article:published_time" content="2026-09-01T07:30:00+07:00"></head><body><article><h1>Lương hưu tháng 9</h1>""" + "".join(
        f"<p>Đoạn thứ {n} nói về lịch chi trả lương hưu, trợ cấp bảo hiểm xã hội tháng 9 tại các điểm chi trả.</p>"
        for n in range(6)
    )
    (tmp_path / "trang.html").write_text(page, encoding="utf-8")
    ran = run("read", "--url", "https://bao.example/luong-huu-1.html", "trang.html")
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert set(found) == READ and found["title"] == "Lương hưu tháng 9"
    assert found["published_at"] == "2026-09-01T07:30:00+07:00" and "Đoạn thứ 5" in found["body"]
    (tmp_path / "trống.html").write_text("<html><head><title>Chỉ tiêu đề</title></head></html>", encoding="utf-8")
    ran = run("read", "--url", "https://bao.example/2.html", "trống.html")
    assert ran.code == 1 and ran.out == "" and ran.err


def test_stories_groups_copies(run: Any, tmp_path: Path) -> None:
    words = "Sáng 5/8, BHXH thành phố Huế công bố danh sách 24 đơn vị chậm đóng bảo hiểm xã hội với tổng số tiền hơn 31 tỷ đồng. "
    words += "Cơ quan này cho biết đã gửi thông báo lần thứ ba và sẽ chuyển hồ sơ sang cơ quan điều tra nếu các đơn vị không nộp."
    rows = [
        {"id": "a", "title": "Huế công khai 24 đơn vị chậm đóng BHXH", "text": words, "date": "2026-08-05"},
        {
            "id": "b",
            "title": "Huế công khai 24 đơn vị chậm đóng BHXH",
            "text": words + " Theo báo.",
            "date": "2026-08-05",
        },
        {
            "id": "c",
            "title": "Cà Mau mở thêm điểm cấp thẻ BHYT",
            "text": "Từ tháng 8, người dân nhận thẻ tại 12 xã ven biển.",
            "date": "2026-08-05",
        },
    ]
    (tmp_path / "vào.jsonl").write_text(
        "\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8"
    )
    assert run("stories", "vào.jsonl", "ra.jsonl").code == 0
    found = {row["id"]: row for row in map(json.loads, (tmp_path / "ra.jsonl").read_text().splitlines())}
    assert set(found["a"]) == {"id", "story", "near_duplicate_of"}
    assert found["a"]["story"] == found["b"]["story"] != found["c"]["story"]
    assert found["b"]["near_duplicate_of"] == "a" and found["c"]["near_duplicate_of"] is None


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A configured installation with two documents; returns its directory."""
    (tmp_path / "langnghe.toml").write_text(
        'data_dir = "var"\n[judging]\nworkers = 0\n[mail]\nport = 1\n', encoding="utf-8"
    )
    (tmp_path / "var").mkdir()
    url = f"sqlite:///{tmp_path / 'var' / 'langnghe.db'}"
    store.create(url)
    opened = store.open(url)
    now = datetime(2026, 8, 20, 3, tzinfo=UTC)
    for number, title in enumerate(("Thẻ BHYT học sinh", "Lịch chi trả lương hưu")):
        key = f"https://bao.example/{number}.html"
        opened.documents.keep(
            Document(key, "press", "bao", "Báo Thử", key, title, None, f"Nội dung số {number}.", now, now)
        )
    opened.close()
    return tmp_path


def test_search_prints_newest_first_with_its_keys(run: Any, kept: Path) -> None:
    ran = run("search", "luong huu", "--json")
    (hit,) = map(json.loads, ran.out.splitlines())
    assert (
        set(hit) == {"key", "title", "outlet", "published_at", "url", "snippet"}
        and hit["title"] == "Lịch chi trả lương hưu"
    )
    assert run("search", "nội dung -thẻ", "--json").out.count("\n") == 1
    assert len(run("search", "noi dung", "--json", "--limit", "1").out.splitlines()) == 1


def test_digest_judges_and_doctor_tells_what_is_wrong(run: Any, kept: Path) -> None:
    assert "2 tin" in run("digest").out
    ran = run("doctor", "--json")
    lines = {line["what"]: line for line in json.loads(ran.out)}
    assert ran.code == 1 and lines["máy chủ thư"]["state"] == "error" and "127.0.0.1:1" in lines["máy chủ thư"]["text"]
    assert lines["cơ sở dữ liệu"]["state"] == "ok" and "người nhận" in lines


def test_backup_restore_and_evidence(run: Any, kept: Path) -> None:
    assert run("backup", "a.backup").code == 0
    assert run("backup", "a.backup").code == 2, "a backup is never overwritten"
    assert run("restore", "a.backup", "khôi-phục").code == 0
    damaged = (kept / "a.backup").read_bytes()
    (kept / "hỏng.backup").write_bytes(damaged[: len(damaged) // 2])
    ran = run("restore", "hỏng.backup", "khác")
    assert ran.code == 2 and ran.err and not list((kept / "khác").glob("*.db"))
    assert (
        run("evidence", "https://bao.example/0.html", "--out", "a.zip").code == 0
        and (kept / "a.zip").stat().st_size > 200
    )
    assert run("evidence", "https://bao.example/khong-co", "--out", "b.zip").code == 2


def test_import_refuses_by_line(run: Any, kept: Path) -> None:
    (kept / "tin.csv").write_text("title,text,date\nA,Nội dung A,01/9/2026\nB,,\nC,Nội dung C,mai\n", encoding="utf-8")
    ran = run("import", "tin.csv", "--source", "tỉnh")
    assert ran.code == 1 and "1 tin mới" in ran.out and "tin.csv:3:" in ran.err and "tin.csv:4:" in ran.err


def test_erase_takes_the_text_and_says_so(run: Any, kept: Path) -> None:
    assert run("erase", "--key", "https://bao.example/0.html").code == 0
    assert run("search", "the bhyt", "--json").out == ""
    assert run("erase").code == 2 and run("erase", "--key", "không có").code == 2


def test_accounts_are_added_listed_and_disabled(run: Any, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "một mật khẩu dài\n", raising=False)
    assert run("user", "add", "an", "--role", "analyst", "--email", "an@bhxh.example").code == 0
    assert run("user", "add", "an", "--role", "analyst").code == 2
    assert run("user", "add", "b1", "--role", "vua").code == 2
    assert run("user", "add", "b2", "--role", "province").code == 2
    assert json.loads(run("user", "list", "--json").out)["roles"] == ["analyst"]
    assert run("user", "disable", "an").code == 0 and "đã khóa" in run("user", "list").out


def test_report_previews_a_closed_week_only(run: Any, kept: Path) -> None:
    assert run("report", "--week", "2026-W34", "--out", "bc").code == 0
    assert {"bao-cao-2026-W34.docx", "bao-cao-2026-W34.html", "bao-cao-2026-W34.json"} <= {
        file.name for file in (kept / "bc").iterdir()
    }
    for week in ("2099-W01", "2026-34", "2026-W99"):
        assert run("report", "--week", week, "--out", "bc").code == 2


@pytest.mark.parametrize(
    "command", [["run", "--once"], ["collect"], ["digest"], ["send"], ["doctor"], ["source", "list"]]
)
def test_a_wrong_configuration_stops_before_anything(run: Any, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "langnghe.toml").write_text("[mail]\nprot = 1\n", encoding="utf-8")
    ran = run(*command)
    assert ran.code in ({1} if command == ["doctor"] else {2}) and "mail.prot" in ran.out + ran.err


def test_sources_are_listed(run: Any, tmp_path: Path) -> None:
    assert "vnexpress" in run("source", "list").out.lower()
    assert all(json.loads(line)["id"] for line in run("source", "list", "--json").out.splitlines())


def test_help_is_in_vietnamese() -> None:
    ran = subprocess.run([sys.executable, "-m", "pipeline", "--help"], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0 and "Lắng Nghe" in ran.stdout
    for word in (
        "assess",
        "read",
        "stories",
        "search",
        "evaluate",
        "train",
        "report",
        "retrain",
        "doctor",
        "backup",
        "restore",
        "erase",
    ):
        assert word in ran.stdout


def test_the_model_is_named_in_every_answer(run: Any, tmp_path: Path) -> None:
    import knowledge

    assert {row["model"] for row in assessed(run, tmp_path, TEXTS)} == {nlp.judge.load(knowledge.load()).version}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("assess", "thiếu 'VÀO.jsonl'; xem `langnghe assess --help`"),
        ("assess a b c", "thừa tham số c"),
        ("khong-co", "không có lệnh 'khong-co'"),
        ("search x --limit 0", "giá trị của '--limit' không đúng (phải từ 1 trở lên)"),
        ("search x --limit q", "(phải là số nguyên)"),
        ("search --khong x", "không có tùy chọn --khong"),
        ("report --week", "tùy chọn --week cần một giá trị"),
        ("user add", "thiếu 'TÊN'; xem `langnghe user add --help`"),
        ("read --url x /khong/co.html", "/khong/co.html: không đọc được"),
    ],
)
def test_a_wrong_call_is_explained_in_vietnamese(run: Any, call: str, words: str) -> None:
    done = run(*call.split())
    assert done.code == 2 and words in done.err and done.out == "" and len(done.err.splitlines()) == 1


@pytest.mark.parametrize("call", ["--help", "user --help", "search --help", "", "source"])
def test_help_is_vietnamese_throughout(run: Any, call: str) -> None:
    done = run(*call.split())
    page = done.out + done.err
    assert "Cách dùng: langnghe" in page
    assert not re.search(r"Usage|Options|Commands|Arguments|required|default|Show this", page)


def test_a_page_without_title_or_body_is_refused(run: Any, tmp_path: Path) -> None:
    for name, page in (("a", "<html><body><p>x</p></body></html>"), ("b", "<title>Tin</title>"), ("c", "")):
        (tmp_path / name).write_text(page)
        done = run("read", "--url", "https://bao.example/1.html", str(tmp_path / name))
        assert done.code == 1 and done.err.startswith(("https://", str(tmp_path))) and done.out == ""


def test_a_full_disk_is_told_without_a_trace(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(28, "No space left on device", "ra.jsonl")

    monkeypatch.setattr(nlp.judge, "load", full)
    done = run("assess", "vào.jsonl", "ra.jsonl")
    assert done.code == 2 and done.err == "Lỗi: ra.jsonl: không đọc hoặc ghi được (No space left on device)\n"


def test_collecting_beside_a_running_product_says_that_nothing_was_done(run: Any, kept: Path) -> None:
    opened = store.open(f"sqlite:///{next(kept.rglob('langnghe.db'))}")
    try:
        with opened.leases.hold("collect"):
            done = run("collect")
    finally:
        opened.close()
    assert done.code == 2 and "tiến trình khác" in done.err
