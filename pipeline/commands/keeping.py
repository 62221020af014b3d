"""Commands about what is kept: search, report, backup, restore, evidence, import, erase."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

import config
import store
from crawlers.intake import Intake
from pipeline import evidence as packing
from pipeline import importing, lines, reporting, stamping, verifying
from pipeline.clock import wall
from pipeline.doors import Rooms, open_all, opened
from pipeline.say import Refused, say
from records import BadInput

Json = Annotated[bool, typer.Option("--json", help="in JSON, mỗi dòng một tin")]


def search(
    query: Annotated[str, typer.Argument(help='các từ cần tìm; "cụm từ"; -loại', metavar="TRUY VẤN")],
    limit: Annotated[int, typer.Option(help="số tin nhiều nhất", min=1, max=10_000)] = 20,
    as_json: Json = False,
) -> None:
    """Tìm trong kho: có dấu hay không dấu, chữ hoa hay thường đều như nhau; mới nhất trước."""
    with opened(config.read().database_url) as kept:
        for hit in kept.search(query, limit):
            when = hit.published_at.isoformat() if hit.published_at else None
            if as_json:
                row = {"key": hit.key, "title": hit.title, "outlet": hit.outlet, "published_at": when, "url": hit.url}
                print(lines.dump({**row, "snippet": hit.snippet}))
            else:
                say(
                    f"{when or '(không rõ ngày)'}  {hit.outlet}: {hit.title or '(không tiêu đề)'}\n    {hit.snippet}\n    {hit.url}"
                )


def report(
    out: Annotated[Path, typer.Option(help="thư mục ghi báo cáo")],
    week: Annotated[str | None, typer.Option(help="tuần ISO, ví dụ 2026-W36")] = None,
    month: Annotated[str | None, typer.Option(help="tháng, ví dụ 2026-09")] = None,
    quarter: Annotated[str | None, typer.Option(help="quý, ví dụ 2026-Q3")] = None,
    year: Annotated[str | None, typer.Option(help="năm, ví dụ 2026")] = None,
    again: Annotated[bool, typer.Option("--again", help="lập lại báo cáo đã phát hành, so từng byte")] = False,
) -> None:
    """Xem trước báo cáo của một tuần, tháng, quý hoặc năm đã qua (không phát hành, không gửi)."""
    shapes = ((week, r"\d{4}-W\d\d"), (month, r"\d{4}-\d\d"), (quarter, r"\d{4}-Q[1-4]"), (year, r"\d{4}"))
    given = [(name, shape) for name, shape in shapes if name is not None]
    if len(given) != 1:
        raise BadInput("hãy nêu đúng một trong bốn: --week, --month, --quarter hoặc --year")
    name, shape = given[0]
    if not re.fullmatch(shape, name):
        raise BadInput(f'kỳ "{name}" không đúng; hãy viết như 2026-W36, 2026-09, 2026-Q3 hoặc 2026')
    with open_all(config.read()) as rooms:
        if again:
            derive(rooms, name, out)
            return
        for warning in reporting.preview(rooms, name, out):
            say(warning, error=True)
    say(f"Đã ghi báo cáo {name} vào {out}.")


def derive(rooms: Rooms, name: str, out: Path) -> None:
    """An issued report once more, from the same as-of time."""
    issued = rooms.store.reports.get(name)
    if issued is None:
        raise BadInput(f"chưa phát hành báo cáo {name}")
    found = reporting.again(rooms, issued)
    reporting.write(out, found.files)
    same = "trùng từng byte với bản đã phát hành" if found.same else "KHÁC bản đã phát hành"
    say(f"Đã lập lại báo cáo {name} {found.source} vào {out}: {same}.")


def backup(file: Annotated[Path, typer.Argument(help="tệp sao lưu sẽ ghi", metavar="TỆP")]) -> None:
    """Sao lưu khi đang chạy; kiểm tra toàn vẹn trước khi xong."""
    if file.exists():
        raise BadInput(f"{file}: đã có tệp này; hãy chọn tên khác")
    with opened(config.read().database_url) as kept:
        kept.backup(file)
    say(f"Đã sao lưu vào {file}.")


def restore(
    file: Annotated[Path, typer.Argument(help="tệp sao lưu", metavar="TỆP")],
    directory: Annotated[Path, typer.Argument(help="thư mục trống để khôi phục vào", metavar="THƯ MỤC")],
) -> None:
    """Khôi phục vào một thư mục mới; từ chối tệp hỏng, không tự gửi lại thư cũ."""
    restored = store.restore(file, directory)
    say(f"Đã khôi phục vào {restored}. Đặt `database` trong langnghe.toml trỏ tới đó rồi chạy lại.")


def evidence(
    key: Annotated[
        str, typer.Argument(help="khóa của tin (cột key của `langnghe search --json`), hoặc chữ verify", metavar="KHÓA")
    ],
    file: Annotated[Path | None, typer.Argument(help="gói cần kiểm tra, sau chữ verify", metavar="[GÓI.zip]")] = None,
    out: Annotated[Path | None, typer.Option(help="tệp .zip sẽ ghi")] = None,
    roots: Annotated[Path | None, typer.Option(help="chứng thư gốc của cơ quan cấp dấu thời gian (PEM)")] = None,
) -> None:
    """Đóng gói chứng cứ của một tin (--out GÓI.zip), hoặc kiểm tra một gói: `langnghe evidence verify GÓI.zip`."""
    if key == "verify" and file is not None:
        checked = verifying.check(file, stamping.roots(roots))
        for line in checked.lines:
            say(line, error=not checked.good)
        raise typer.Exit(0 if checked.good else 1)
    if out is None or file is not None:
        raise BadInput("hãy nêu tệp sẽ ghi: langnghe evidence KHÓA --out GÓI.zip")
    with open_all(config.read()) as rooms:
        digest = packing.pack(rooms.store, key, out, "langnghe evidence", rooms.clock())
    say(f"Đã ghi {out}. Mã băm SHA-256 của danh sách (MA-BAM.json): {digest}")


def import_(
    file: Annotated[Path, typer.Argument(help="tệp .csv hoặc .jsonl", metavar="TỆP")],
    source: Annotated[str, typer.Option(help="tên nguồn ghi cho các tin này")],
    columns: Annotated[
        str | None,
        typer.Option("--map", help="cột của tệp: title=tieu_de,text=noi_dung,…; hoặc một tệp .toml", metavar="CỘT"),
    ] = None,
    kind: Annotated[str, typer.Option(help="loại của dòng không ghi: press, official, post, report")] = "press",
) -> None:
    """Nhập tin từ tệp; dòng sai bị từ chối và nêu rõ lý do, tin đã có được nhận ra."""
    refused = Refused()
    with open_all(config.read()) as rooms:
        intake = Intake(rooms.store, rooms.settings, rooms.clock)
        work = importing.Import(intake, source, kind, importing.mapping(columns))
        work.take(file, refused)
    done = work.done
    say(f"Đã nhập {done['new']} tin mới; {done['changed']} tin sửa lại, {done['same']} tin đã có.")
    refused.exit()


def erase(
    subject: Annotated[str | None, typer.Option(help="mã băm của tác giả")] = None,
    key: Annotated[str | None, typer.Option(help="khóa của một tin")] = None,
) -> None:
    """Xóa theo yêu cầu của chủ thể dữ liệu: nội dung, phiên bản, chỉ mục; chỉ giữ nhật ký không có nội dung."""
    if (subject is None) == (key is None):
        raise BadInput("hãy nêu đúng một trong hai: --subject hoặc --key")
    with opened(config.read().database_url) as kept:
        count = kept.documents.erase(key=key, author=subject, by="langnghe erase", at=wall())
    if not count:
        raise BadInput("không có tin nào khớp; không xóa gì")
    say(f"Đã xóa {count} tin.")
