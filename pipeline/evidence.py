"""Evidence of flagged items: the page is fetched once more, sealed, and handed out as a pack.

The page is fetched at flagging, not kept from the first fetch: only pages of flagged items are ever stored whole. The account
(`bien-ban.json`) says when that was and whether the page still said what was judged.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import crawlers.collect
import sealing
import store
from crawlers.collect import Captured
from pipeline import picture
from pipeline.clock import Clock
from pipeline.doors import Rooms
from records import BadInput, Document

AT_ONCE = 10
"""pages sealed in one look: each may be some megabytes"""
AGAIN = (timedelta(minutes=15), timedelta(hours=2), timedelta(hours=12))
"""waits before another try at a page that does not answer; after the last one the words are sealed without it"""


async def seal(rooms: Rooms) -> int:
    """Seals what is due; returns how many records were made."""
    done, kept = 0, rooms.store.evidence
    with rooms.store.leases.hold("evidence") as held:
        due = await asyncio.to_thread(kept.due, rooms.clock(), AT_ONCE) if held else []
        named = {document.key for document, _, opened in due if opened}
        known = {source.id for source in rooms.sources if not source.connector}
        pages = [document for document, _, _ in due if document.source in known and document.url]
        captured = await crawlers.collect.capture(pages, rooms.sources, rooms.settings, rooms.store, rooms.clock, named)
        found = {one.key: one for one in captured}
        for document, tries, _ in due:
            fetchable = document.source in known and bool(document.url)
            page = found.get(document.key) or Captured(document.key, False, unfetched(fetchable))
            if fetchable and not page.answered and tries < len(AGAIN):
                until = rooms.clock() + AGAIN[tries]
                await asyncio.to_thread(kept.put_off, document.key, until, page.trouble)
                continue
            files = await asyncio.to_thread(files_of, rooms, document, page)
            done += await asyncio.to_thread(kept.seal, document, files, rooms.clock()) is not None
    return done


def unfetched(fetchable: bool) -> str:
    return "lượt tải bị ngắt giữa chừng" if fetchable else "tin không có trang công khai được phép tải"


def files_of(rooms: Rooms, document: Document, page: Captured) -> dict[str, bytes]:
    """The files of a record, by name."""
    files = {sealing.TEXT: sealing.text(document)}
    if page.warc:
        files[sealing.PAGE] = page.warc
    shown, wanted = "không bật", rooms.settings.evidence
    if wanted.picture and page.page:
        try:
            files[sealing.PICTURE] = picture.take(page.page, wanted.chromium)
            shown = f"chụp từ trang đã niêm phong, không có mạng; cao nhất {picture.HEIGHT} điểm ảnh"
        except BadInput as error:
            shown = str(error)
    account = json.dumps(told(document, page, shown, rooms.clock), ensure_ascii=False, indent=1)
    files[sealing.ACCOUNT] = account.encode("utf-8", "replace")
    return files


def told(document: Document, page: Captured, shown: str, clock: Clock) -> Mapping[str, object]:
    """How the record came about, for a person who reads it years later."""
    same = {True: "giống văn bản đã đánh giá", False: "khác văn bản đã đánh giá", None: "không so được"}
    return {
        "khoa": document.key,
        "dia_chi": document.url,
        "thu_thap_luc": document.first_seen.isoformat(),
        "niem_phong_luc": clock().isoformat(),
        "tai_lai_luc": page.fetched_at.isoformat() if page.fetched_at else None,
        "trang": page.trouble or f"HTTP {page.status}",
        "dia_chi_cuoi": page.url or None,
        "may_chu": page.address or None,
        "sha256_tra_loi": page.sha256 or None,
        "noi_dung": same[page.same_words] if page.warc else None,
        "loi_nguoi_khac_da_cat": page.cut,
        "anh": shown,
        "van_ban": "số điện thoại, giấy tờ, tài khoản trong van-ban.txt đã che; trang.warc.gz là trang như máy chủ trả"
        if page.warc
        else "số điện thoại, giấy tờ, tài khoản trong van-ban.txt đã che",
    }


def pack(kept: store.Store, key: str, out: Path, by: str, now: datetime) -> str:
    """Writes the .zip; returns the SHA-256 of its list of hashes. Logged. Raises BadInput when the item is not kept or the
    file cannot be written."""
    document = kept.documents.get(key)
    if document is None:
        raise BadInput(f"không có tin {key}")
    records, chain = kept.evidence.open(key, by, now)
    versions, judged, labels = kept.documents.versions(key), kept.judged.get(key), kept.labels.of(key)
    content, digest = sealing.pack(sealing.Dossier(document, versions, judged, labels, records, chain), now)
    try:
        with out.open("xb") as stream:
            stream.write(content)
    except FileExistsError as error:
        raise BadInput(f"{out}: đã có tệp này; hãy chọn tên khác") from error
    except OSError as error:
        out.unlink(missing_ok=True)  # ours, and cut short
        raise BadInput(f"{out}: không ghi được: {error.strerror or error}") from error
    kept.audit(by, "gói chứng cứ", store.short_id(key), now, digest)
    return digest
