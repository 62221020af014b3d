"""Commands that do the work: run, collect, digest, send, retrain, doctor, upgrade."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Annotated

import typer

import config
import store
from pipeline import catalogue, demo, editions, health, jobs, retraining, sending, service
from pipeline.doors import open_all
from pipeline.say import say
from records import BadInput

Json = Annotated[bool, typer.Option("--json", help="in JSON")]


def run(once: Annotated[bool, typer.Option("--once", help="làm một vòng rồi thoát")] = False) -> None:
    """Chạy toàn bộ: thu thập, đánh giá, gửi thư, báo cáo, bàn làm việc. Chưa có cấu hình thì chạy bản mẫu."""
    if not config.exists():
        demo.run(once)
        return
    settings = config.read()
    with open_all(settings) as rooms:
        service.run(rooms, once)


def collect(
    sources: Annotated[
        list[str] | None, typer.Argument(help="mã nguồn; bỏ trống: mọi nguồn", metavar="[NGUỒN...]")
    ] = None,
) -> None:
    """Thu thập ngay từ các nguồn nêu tên (bỏ trống: mọi nguồn)."""
    with open_all(config.read()) as rooms:
        read = {source.id for source in catalogue.read(rooms)}
        for name in sources or []:
            if catalogue.named(rooms.sources, name).id not in read:
                raise BadInput(f"nguồn {name} đang tắt; bật bằng `langnghe source resume {name} --reason …`")
        collected = service.collect_now(rooms, sources or sorted(read))
        if not collected:
            raise BadInput("một tiến trình khác đang thu thập (`langnghe run`); không làm gì")
        for done in collected:
            say(
                f"{done.source}: {done.new} tin mới, {done.failed} bài chưa đọc được{'; ' + done.error if done.error else ''}"
            )


def digest() -> None:
    """Đánh giá những tin chưa được đánh giá."""
    with open_all(config.read()) as rooms:
        say(f"Đã đánh giá {jobs.digest(rooms)} tin.")


def send() -> None:
    """Lập bản tin ngày nếu đến giờ và gửi các thư đang chờ."""
    with open_all(config.read()) as rooms:
        editions.tell(rooms)
        say(f"Đã gửi {asyncio.run(sending.send(rooms))} thư.")


def retrain() -> None:
    """Huấn luyện ứng viên từ nhãn của người phân tích; chỉ thay mô hình khi tốt hơn trên mẫu ngẫu nhiên."""
    with open_all(config.read()) as rooms:
        say(retraining.retrain(rooms, "dòng lệnh"))


def doctor(as_json: Json = False) -> None:
    """Khám sức khỏe: cấu hình, cơ sở dữ liệu, nguồn, thư, mô hình; nói rõ hỏng ở đâu và cần làm gì."""
    lines = health.examine()
    if as_json:
        print(json.dumps([dataclasses.asdict(line) for line in lines], ensure_ascii=False, indent=1))
    else:
        marks = {"ok": "  ổn   ", "warning": " CHÚ Ý ", "error": "  HỎNG "}
        for line in lines:
            say(f"[{marks[line.state]}] {line.what}: {line.text}")
    if any(line.state == "error" for line in lines):
        raise typer.Exit(1)


def upgrade() -> None:
    """Nâng cấp cơ sở dữ liệu của phiên bản cũ (hãy sao lưu trước)."""
    store.upgrade(config.read().database_url)
    say("Cơ sở dữ liệu đã ở phiên bản hiện tại.")
