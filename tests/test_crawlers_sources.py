"""The list of sources: what is shipped is whole, and a wrong row is refused with file and line."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

import knowledge
from crawlers import sources
from records import BadKnowledge

from .crawlers_support import SHARED

GOOD = """# một dòng ghi chú
[[source]]
id = "bao-a"
name = "Báo A"
homepage = "https://bao-a.vn"
kind = "press"
feeds = ["https://bao-a.vn/rss"]

[[source]]
id = "bao-b"
name = "Báo B"
homepage = "https://bao-b.vn"
kind = "official"
tier = 3
feeds = [
    "https://bao-b.vn/rss",
    "https://tin.bao-b.vn/rss",
]
"""


def refused(tmp_path: Path, text: str) -> str:
    file = tmp_path / "sources.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadKnowledge) as caught:
        sources.load(file)
    assert str(caught.value).startswith(f"{file}:")
    return str(caught.value).removeprefix(f"{file}:")


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "sources.toml"
    file.write_text(GOOD, encoding="utf-8")
    one, two = sources.load(file)
    assert (one.id, one.tier, one.every, one.host) == ("bao-a", 2, 900, "bao-a.vn")
    assert two.feeds == ("https://bao-b.vn/rss", "https://tin.bao-b.vn/rss") and two.every == 1800


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('id = "bao-b"', 'id = "bao-a"', 10, "trùng id 'bao-a'"),
        ('"https://bao-b.vn/rss"', '"https://tin.bao-b.vn/rss"', 17, "trùng địa chỉ"),
        ('kind = "official"', 'kind = "blog"', 13, "kind phải là một trong press, official"),
        ("tier = 3", "tier = 9", 14, "tier phải là một trong 1, 2, 3"),
        ("tier = 3", 'tier = "3"', 14, "sai kiểu"),
        ("tier = 3", "tier = true", 14, "sai kiểu"),
        ("tier = 3", "mau = 3", 14, "không có mục tên 'mau'"),
        ("tier = 3", "expected = -1", 14, "expected phải từ 0"),
        ("tier = 3", 'article = "("', 14, "article không phải biểu thức chính quy"),
        ("tier = 3", 'listings = ["https://bao-b.vn/"]', 14, "cần mẫu địa chỉ bài viết"),
        ("tier = 3", 'reader = "khac"', 14, "reader phải là một trong"),
        ("tier = 3", 'waits_for = "luck"', 14, "waits_for phải là một trong bỏ trống, test, person"),
        ("tier = 3", 'waits_for = "person"', 14, "phải ghi lý do"),
        ('name = "Báo B"', 'name = " "', 11, "tên không được để trống"),
        ('id = "bao-b"', 'id = "Báo B"', 10, "chữ thường không dấu"),
        ('id = "bao-b"', "", 9, "thiếu mục id"),
        ('"https://tin.bao-b.vn/rss"', '"https://bao-c.vn/rss"', 17, "không thuộc trang chủ"),
        ('"https://tin.bao-b.vn/rss"', '"ftp://bao-b.vn/rss"', 17, "không phải địa chỉ http"),
        ('"https://tin.bao-b.vn/rss"', '"https://u@bao-b.vn/rss"', 17, "tên người dùng"),
        ('"https://tin.bao-b.vn/rss"', "7", 15, "sai kiểu"),
        ("tier = 3", "tier = ", 14, "TOML"),
        ("[[source]]\nid", "[[nguon]]\nid", 1, "[[source]]"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    head, _, tail = GOOD.rpartition(old)
    message = refused(tmp_path, head + new + tail)
    assert message.startswith(f"{line}:") and said in message


def test_one_homepage_is_one_source(tmp_path: Path) -> None:
    double = GOOD.replace("https://bao-b.vn/", "https://bao-a.vn/b/").replace(
        "https://tin.bao-b.vn", "https://tin.bao-a.vn"
    )
    assert "trùng trang chủ" in refused(tmp_path, double.replace('"https://bao-b.vn"', '"http://bao-a.vn/"'))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    for text in ("", "x = 1", "source = 3", "[[source]]\n"):
        assert refused(tmp_path, text)
    with pytest.raises(BadKnowledge, match="không đọc được"):
        sources.load(tmp_path / "khong-co.toml")


def test_a_list_without_any_way_in_is_refused(tmp_path: Path) -> None:
    assert "cần ít nhất một feed" in refused(tmp_path, GOOD.replace('feeds = ["https://bao-a.vn/rss"]', ""))


def test_a_directory_is_one_list_and_the_operators_file_stands_beside_it(tmp_path: Path) -> None:
    one, two = GOOD.split("\n\n")
    (tmp_path / "ds").mkdir()
    (tmp_path / "ds" / "1.toml").write_text(one, encoding="utf-8")
    (tmp_path / "ds" / "2.toml").write_text(two, encoding="utf-8")
    own = tmp_path / "them.toml"
    assert [source.id for source in sources.load(tmp_path / "ds", own)] == ["bao-a", "bao-b"]
    own.write_text(two.replace("bao-b.vn", "bao-b2.vn"), encoding="utf-8")
    assert [source.host for source in sources.load(tmp_path / "ds", own)] == ["bao-a.vn", "bao-b2.vn"]
    own.write_text(two.replace('"bao-b"', '"bao-c"'), encoding="utf-8")
    with pytest.raises(BadKnowledge, match=rf"^{re.escape(str(own))}:4: trùng trang chủ .* với nguồn 'bao-b'"):
        sources.load(tmp_path / "ds", own)
    (tmp_path / "ds" / "1.toml").unlink()
    (tmp_path / "ds" / "2.toml").unlink()
    with pytest.raises(BadKnowledge, match="không có tệp nguồn"):
        sources.load(tmp_path / "ds")


def test_what_is_shipped_loads_and_covers_the_well_evidenced_outlets() -> None:
    shipped = sources.load()
    assert len(shipped) >= 170 and len({source.host for source in shipped}) == len(shipped)
    assert len({source.name for source in shipped}) == len(shipped) and all(source.evidence for source in shipped)
    assert all(source.grade != "C" or source.waits_for for source in shipped), "what nobody has read waits"
    assert all(source.waits_for == "person" for source in shipped if source.kind == "post")
    provinces = {province.name for province in knowledge.load().provinces}
    assert {source.province for source in shipped} - {""} <= provinces
    offices = {source.province for source in shipped if source.host.endswith(".baohiemxahoi.gov.vn")}
    assert offices == provinces and len(provinces) == 34
    table = SHARED / "sources" / "vn_sources.csv"
    if not table.is_file():
        pytest.skip("needs ../shared/sources/vn_sources.csv")
    with table.open(encoding="utf-8-sig", newline="") as stream:
        wanted = {
            row["domain"]: row["rss_best_grade"]
            for row in csv.DictReader(stream)
            if row["rss_best_grade"] in ("A", "B")
        }
    listed = {source.host.removeprefix("www."): source for source in shipped}
    assert set(wanted) <= set(listed)
    assert all(listed[domain].grade == grade and listed[domain].feeds for domain, grade in wanted.items())
    with table.open(encoding="utf-8-sig", newline="") as stream:
        usable = [
            row["domain"]
            for row in csv.DictReader(stream)
            if row["rss_urls"] or row["sitemap_urls"] or ".aspx" in row["list_pages_paging"]
        ]
    assert set(usable) <= set(listed)


def test_articles_are_told_from_other_addresses() -> None:
    by_id = {source.id: source for source in sources.load()}
    assert by_id["vnexpress"].is_article("https://vnexpress.net/a-b-5047363.html")
    assert not by_id["vnexpress"].is_article("https://vnexpress.net/thoi-su")
    assert not by_id["vnexpress"].is_article("https://vnexpress.net.lua-dao.vn/a-5047363.html")
    portal = by_id["bhxh"]
    assert portal.is_article(
        "https://baohiemxahoi.gov.vn/tintuc/Pages/linh-vuc-bao-hiem-xa-hoi.aspx?CateID=168&ItemID=25000"
    )
    assert not portal.is_article("https://baohiemxahoi.gov.vn/tintuc/Pages/linh-vuc-bao-hiem-xa-hoi.aspx?CateID=168")
