"""Evidence from flag to pack: sealed by the job, stamped, pictured, handed out, checked; and every way of tampering seen."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

import config
import knowledge
import records as r
import sealing
from crawlers.collect import MEMORY
from pipeline import clock, evidence, picture, stamping, verifying
from pipeline.doors import Rooms, open_all
from tests import tsa_support
from tests.crawlers_support import NOW, PROSE, Web, article, web
from tests.store_support import act, document, settled

CHROMIUM = shutil.which("chromium")
SOURCES = '[[source]]\nid = "bao-thu"\nname = "Báo thử"\nhomepage = "{0}/"\nkind = "press"\nfeeds = ["{0}/rss"]\n'


@pytest.fixture
def hand() -> clock.Hand:
    return clock.Hand(NOW)


@pytest.fixture
def found() -> Iterator[Web]:
    with web() as opened:
        opened.put("/a-1.html", article("Bài A"), Content_Type="text/html; charset=utf-8")
        yield opened


@pytest.fixture
def rooms(tmp_path: Path, hand: clock.Hand, found: Web) -> Iterator[Rooms]:
    MEMORY.__init__()  # type: ignore[misc]
    (tmp_path / "nguon.toml").write_text(SOURCES.format(found.base), encoding="utf-8")
    crawl = config.Crawl(
        sources=tmp_path / "nguon.toml", allow_loopback=(f"{found.host}:{found.port}",), delay=0, timeout=5
    )
    with open_all(config.Settings(data_dir=tmp_path, crawl=crawl, judging=config.Judging(workers=0)), hand) as opened:
        yield opened


def flagged(rooms: Rooms, found: Web, path: str = "/a-1.html", **values: Any) -> r.Document:
    common: dict[str, Any] = {"source": "bao-thu", "title": "Bài A", "lead": None, "body": PROSE}
    one = document(found.base + path, **(common | values))
    return settled(rooms.store, one, acts=(act(),), topics=("khac",))


def sealed(rooms: Rooms) -> int:
    return asyncio.run(evidence.seal(rooms))


def with_evidence(rooms: Rooms, **chosen: Any) -> Rooms:
    settings = rooms.settings.model_copy(update={"evidence": config.Evidence(**chosen)})
    return replace(rooms, settings=settings)


def account(rooms: Rooms, key: str, number: int = 0) -> dict[str, Any]:
    records, _ = rooms.store.evidence.open(key, "an", rooms.clock())
    return dict(json.loads(records[number][1][sealing.ACCOUNT]))


def test_a_flagged_page_is_sealed_once_and_says_how(rooms: Rooms, found: Web) -> None:
    one = flagged(rooms, found)
    assert sealed(rooms) == 1 and sealed(rooms) == 0
    (record,) = rooms.store.evidence.of(one.key)
    assert set(record.files) == {"van-ban.txt", "trang.warc.gz", "bien-ban.json"}
    assert record.files["van-ban.txt"] == sealing.sha256(f"Bài A\n\n{PROSE}".encode())
    said = account(rooms, one.key)
    assert (said["trang"], said["noi_dung"], said["loi_nguoi_khac_da_cat"]) == (
        "HTTP 200",
        "giống văn bản đã đánh giá",
        0,
    )
    assert said["tai_lai_luc"] == NOW.isoformat() and said["anh"] == "không bật"


def test_a_page_that_does_not_answer_is_tried_four_times_then_the_words_are_sealed(
    rooms: Rooms, found: Web, hand: clock.Hand
) -> None:
    found.put("/a-1.html", b"", 503)
    one = flagged(rooms, found)
    for wait in evidence.AGAIN:
        assert sealed(rooms) == 0
        hand.set(rooms.clock() + wait - timedelta(seconds=1))
        MEMORY.__init__()  # type: ignore[misc]
        assert sealed(rooms) == 0
        hand.set(rooms.clock() + timedelta(seconds=1))
    assert sealed(rooms) == 1
    (record,) = rooms.store.evidence.of(one.key)
    assert set(record.files) == {"van-ban.txt", "bien-ban.json"} and "HTTP 503" in account(rooms, one.key)["trang"]


def test_what_has_no_public_page_is_sealed_as_text(rooms: Rooms, found: Web) -> None:
    one = settled(rooms.store, document("bao-tin:1", kind="report", source="tinh", url=""), acts=(act(),))
    assert sealed(rooms) == 1 and not found.asked
    assert account(rooms, one.key)["trang"] == "tin không có trang công khai được phép tải"


# ---------------------------------------------------------------- the pack, and who tampers with it


def packed(rooms: Rooms, key: str, out: Path) -> Path:
    digest = evidence.pack(rooms.store, key, out, "an", rooms.clock())
    assert digest == rooms.store.audit_log()[0].detail
    return out


def test_a_pack_holds_everything_and_is_whole(rooms: Rooms, found: Web, tmp_path: Path) -> None:
    flagged(rooms, found, "/a-2.html", title="Bài khác")
    found.put("/a-2.html", article("Bài khác"), Content_Type="text/html")
    one = flagged(rooms, found)
    assert sealed(rooms) == 2
    file = packed(rooms, one.key, tmp_path / "a.zip")
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        assert "author" not in json.loads(archive.read("tin.json"))
        versions = json.loads(archive.read("cac-phien-ban.json"))
    (record,) = rooms.store.evidence.of(one.key)
    own = {f"chung-cu/{record.number}/{name}" for name in (*record.files, "mat-xich.json")}
    assert names >= own | {"chuoi.json", "MA-BAM.json"} and len(record.files) == 3
    assert versions[0]["sha256_van_ban"] == sealing.sha256(sealing.text(one))
    checked = verifying.check(file)
    assert checked.good, checked.lines
    assert "chuỗi mã băm liền mạch từ số 1 đến số 2" in checked.lines and "chưa có dấu thời gian" in checked.lines[-1]
    with pytest.raises(r.BadInput, match="đã có tệp này"):
        packed(rooms, one.key, tmp_path / "a.zip")


def test_the_hash_of_the_urgent_mail_is_that_of_the_sealed_text(rooms: Rooms, found: Web) -> None:
    import alerts.urgent

    one = flagged(rooms, found)
    sealed(rooms)
    judged = rooms.store.judged.get(one.key)
    assert judged
    (mail,) = alerts.urgent.messages(judged, ["an@x.example"], "https://x.example", "Trung tâm", NOW, knowledge.load())
    digest = rooms.store.evidence.of(one.key)[0].files["van-ban.txt"]
    assert digest in mail.text and digest in mail.html


def rewritten(file: Path, change: Callable[[dict[str, bytes]], None], listed: bool) -> Path:
    """The pack with something changed; `listed`: the forger also writes a new list of hashes."""
    with zipfile.ZipFile(file) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    change(contents)
    if listed:
        hashes = {name: sealing.sha256(content) for name, content in contents.items() if name != "MA-BAM.json"}
        contents["MA-BAM.json"] = json.dumps({"sha256": hashes}).encode()
    out = file.with_name("gia.zip")
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return out


def edit(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def change(contents: dict[str, bytes]) -> None:
        assert old in contents[name]
        contents[name] = contents[name].replace(old, new)

    return change


def drop(name: str) -> Callable[[dict[str, bytes]], None]:
    return lambda contents: contents.pop(name) and None


@pytest.mark.parametrize("listed", [False, True])
@pytest.mark.parametrize(
    "change",
    [
        edit("chung-cu/1/van-ban.txt", "Đoạn".encode(), "Doạn".encode()),
        edit("chung-cu/1/bien-ban.json", b"2026", b"2025"),
        edit("chung-cu/1/mat-xich.json", b"2026-11-26", b"2026-11-25"),
        edit("chuoi.json", b"2026-11-26", b"2026-11-25"),
        edit("chung-cu/1/trang.warc.gz", b"\x1f\x8b", b"\x1f\x8c"),
        drop("chung-cu/1/trang.warc.gz"),
        drop("chuoi.json"),
        lambda contents: contents.update({"chung-cu/1/them.txt": b"x"}),
        lambda contents: contents.update({"chuoi.json": b"[]"}),
        lambda contents: contents.update({"chuoi.json": b"{" * 100_000}),
    ],
)  # fmt: skip
def test_a_changed_pack_is_seen(
    rooms: Rooms, found: Web, tmp_path: Path, change: Callable[[dict[str, bytes]], None], listed: bool
) -> None:
    one = flagged(rooms, found)
    sealed(rooms)
    file = packed(rooms, one.key, tmp_path / "a.zip")
    assert verifying.check(file).good
    checked = verifying.check(rewritten(file, change, listed))
    assert not checked.good and "KHÔNG KHỚP" in checked.lines[-1]


def test_what_is_no_pack_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MOST_BYTES", 1 << 20)
    for number, content in enumerate((b"", b"PK\x03\x04 hong", b"x" * 1000)):
        file = tmp_path / f"{number}.zip"
        file.write_bytes(content)
        with pytest.raises(r.BadInput, match="không phải gói chứng cứ"):
            verifying.check(file)
    with zipfile.ZipFile(tmp_path / "bom.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("MA-BAM.json", b" " * (verifying.MOST_BYTES + 10))
    with pytest.raises(r.BadInput, match="lớn quá"):
        verifying.check(tmp_path / "bom.zip")


@given(
    st.lists(st.dictionaries(st.text(max_size=9), st.binary(max_size=9), max_size=3), min_size=1, max_size=6), st.data()
)
def test_any_change_of_a_chain_breaks_it(contents: list[dict[str, bytes]], data: st.DataObject) -> None:
    chain: list[r.Sealed] = []
    for number, files in enumerate(contents, 1):
        previous = chain[-1].hash if chain else sealing.FIRST
        chain.append(sealing.sealed(number, previous, f"{number:016x}", 1, NOW, files))
    assert sealing.broken(chain, sealing.FIRST) is None
    assert [sealing.read_link({**json.loads(sealing.link(one)), "hash": one.hash}) for one in chain] == chain
    at = data.draw(st.integers(0, len(chain) - 1))
    other = data.draw(
        st.sampled_from(
            [
                replace(chain[at], version=2),
                replace(chain[at], sealed_at=NOW + timedelta(seconds=1)),
                replace(chain[at], files={**chain[at].files, "thêm": "0"}),
                replace(chain[at], previous="1" * 64),
                replace(chain[at], number=chain[at].number + 1),
            ]
        )
    )
    assert sealing.broken([*chain[:at], other, *chain[at + 1 :]], sealing.FIRST) is not None
    forged = replace(other, hash=sealing.sha256(sealing.link(other)))
    if at < len(chain) - 1 or forged.previous != chain[at].previous:  # only the end of a chain can be written anew
        assert sealing.broken([*chain[:at], forged, *chain[at + 1 :]], sealing.FIRST) is not None


# ---------------------------------------------------------------- time stamps

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")


@needs_openssl
def test_a_record_is_stamped_and_the_stamp_checked(rooms: Rooms, found: Web, tmp_path: Path) -> None:
    root = tsa_support.authority(tmp_path / "tsa")
    one = flagged(rooms, found)
    sealed(rooms)
    with tsa_support.serving(tmp_path / "tsa") as (_, address):
        assert stamping.stamp(with_evidence(rooms, tsa=address, tsa_roots=root)) == 1
        assert stamping.stamp(with_evidence(rooms, tsa=address)) == 0, "once"
    file = packed(rooms, one.key, tmp_path / "a.zip")
    checked = verifying.check(file, stamping.roots(root))
    assert checked.good and "chữ ký hợp lệ" in checked.lines[-1]
    assert "CHƯA kiểm chữ ký" in verifying.check(file).lines[-1]
    other = tsa_support.authority(tmp_path / "khac")
    checked = verifying.check(file, stamping.roots(other))
    assert not checked.good and "chữ ký" in checked.lines[-1]


@needs_openssl
def test_a_stamp_of_another_record_is_seen(rooms: Rooms, found: Web, tmp_path: Path) -> None:
    tsa_support.authority(tmp_path / "tsa")
    found.put("/a-2.html", article("Bài A"), Content_Type="text/html")
    one, two = flagged(rooms, found), flagged(rooms, found, "/a-2.html")
    assert sealed(rooms) == 2
    with tsa_support.serving(tmp_path / "tsa") as (_, address):
        assert stamping.stamp(with_evidence(rooms, tsa=address)) == 2
    (first,), (second,) = (rooms.store.evidence.of(each.key) for each in (one, two))
    assert first.token
    rooms.store.evidence.stamped(second.number, first.token)
    assert not verifying.check(packed(rooms, two.key, tmp_path / "a.zip")).good


def test_an_authority_that_fails_blocks_nothing_is_tried_again_and_is_said(
    rooms: Rooms, found: Web, hand: clock.Hand, tmp_path: Path
) -> None:
    one = flagged(rooms, found)
    with web() as tsa:
        tsa.put("/tsa", b"", 500)
        chosen = with_evidence(rooms, tsa=tsa.base + "/tsa")
        assert sealed(chosen) == 1 and stamping.stamp(chosen) == 0 and stamping.stamp(chosen) == 0
        assert len(tsa.asked) == 1, "asked again only after a while"
        with zipfile.ZipFile(packed(rooms, one.key, tmp_path / "a.zip")) as archive:
            said = json.loads(archive.read("MA-BAM.json"))["dau_thoi_gian"]
        assert said == {"1": "chưa có: cơ quan cấp dấu trả lời HTTP 500"}
        for number, (body, why) in enumerate(((b"khong phai", "RFC 3161"), (b"x" * 70_000, "quá lớn")), 1):
            hand.set(NOW + number * stamping.AGAIN)
            tsa.put("/tsa", body)
            assert stamping.stamp(chosen) == 0
            assert why in rooms.store.evidence.of(one.key)[0].stamp_trouble
        hand.set(NOW + timedelta(hours=5))
        tsa.put("/tsa", b"", 302, Location=found.base + "/a-1.html")
        before = len(found.asked)
        assert stamping.stamp(chosen) == 0 and len(found.asked) == before, "no redirect is followed"


@needs_openssl
def test_an_answer_that_was_changed_on_the_way_is_not_kept(rooms: Rooms, found: Web, tmp_path: Path) -> None:
    root = tsa_support.authority(tmp_path / "tsa")
    flagged(rooms, found)
    sealed(rooms)
    with tsa_support.serving(tmp_path / "tsa", lambda reply: reply[:-1] + bytes([reply[-1] ^ 1])) as (_, address):
        assert stamping.stamp(with_evidence(rooms, tsa=address, tsa_roots=root)) == 0
    assert rooms.store.evidence.counts()["unstamped"] == 1


# ---------------------------------------------------------------- the picture


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium")
def test_the_picture_is_of_the_sealed_page_and_nothing_is_loaded(
    rooms: Rooms, found: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with web() as other:
        hostile = (
            f"<img src='{other.base}/anh.png'><link rel=stylesheet href='{other.base}/a.css'><script src='{other.base}/a.js'></script>"
            f"<iframe src='{other.base}/khung'></iframe><meta http-equiv=refresh content='0;url={other.base}/di'>"
            f"<style>@import url('{other.base}/b.css'); body {{ background: url('{other.base}/nen.png') }}</style>"
            "<div class='list-comment'>Lời riêng của chị Hoa</div>"
        )
        found.put("/a-1.html", article("Bài A").replace("</article>", "</article>" + hostile), Content_Type="text/html")
        one = flagged(rooms, found)
        assert sealed(with_evidence(rooms, picture=True, chromium=CHROMIUM)) == 1
        monkeypatch.setattr(picture, "TIMEOUT", 15.0)  # a page that goes on loading is given up
        with contextlib.suppress(r.BadInput):  # the other walls hold without the first one too
            picture.take(f"<p>Trang</p>{hostile}".encode(), CHROMIUM or "")
        assert not other.asked
    records, _ = rooms.store.evidence.open(one.key, "an", NOW)
    with Image.open(io.BytesIO(records[0][1][sealing.PICTURE])) as shot:
        assert shot.format == "PNG" and shot.width == picture.WIDTH and 100 < shot.height < picture.HEIGHT
    assert verifying.check(packed(rooms, one.key, tmp_path / "a.zip")).good


def test_without_chromium_the_rest_is_sealed_and_it_is_said(rooms: Rooms, found: Web) -> None:
    one = flagged(rooms, found)
    assert sealed(with_evidence(rooms, picture=True, chromium="/khong/co")) == 1
    assert "không chạy được" in account(rooms, one.key)["anh"]


def test_the_doctor_sees_a_chain_that_was_changed(rooms: Rooms, found: Web) -> None:
    from pipeline import health

    flagged(rooms, found)
    sealed(rooms)
    assert not list(health.sealed(rooms.store))
    with rooms.store._database.write() as connection:
        connection.exec_driver_sql("UPDATE evidence SET version = 9")
    (line,) = health.sealed(rooms.store)
    assert line.state == "error" and "mắt xích số 1" in line.text


def test_a_correction_is_tied_to_what_it_names_when_it_is_judged(rooms: Rooms, found: Web) -> None:
    from pipeline.settling import settle

    wrong = document(found.base + "/sai.html", source="bao-thu", title="Từ 01/9, người nghỉ hưu được tăng lương 30%")
    settled(rooms.store, wrong, topics=("khac",))
    words = "Bài “Từ 01/9, người nghỉ hưu được tăng lương 30%” đăng ngày 20/8 có chỗ chưa đúng."
    right = document(found.base + "/cai-chinh.html", source="bao-thu", title="Cải chính", body=words)
    for one in (right, replace(right, key=found.base + "/khac.html", source="bao-khac")):
        rooms.store.documents.keep(one)
        settle(rooms, one, r.Assessment(one.key, "m1", 0, 0.1), None)
    (link,) = rooms.store.corrections.of(wrong.key)
    assert (link.correction, link.corrected, link.how) == (right.key, wrong.key, "title")
