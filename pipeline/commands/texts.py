"""Commands that read texts and need no store: assess, read, stories, evaluate, train, train-encoder."""

from __future__ import annotations

import dataclasses
import gzip
import json
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

import crawlers.pages
import knowledge
import nlp.encoder
import nlp.evaluation
import nlp.examples
import nlp.judge
import nlp.stories
import nlp.training
import nlp.votes
import vietnamese
from pipeline import answers, lines
from pipeline.clock import wall
from pipeline.say import Refused, say
from records import BadInput, Text, UnreadablePage

BATCH = 1000
LARGEST_PAGE = 32 * 2**20
"""bytes of a saved page, unpacked"""

Input = Annotated[Path, typer.Argument(help="tệp JSONL đầu vào", metavar="VÀO.jsonl")]
Models = Annotated[Path | None, typer.Option(help="thư mục mô hình")]
Reader = Annotated[Path | None, typer.Option(help="thư mục bộ mã hóa, để đọc lại tin chưa chắc")]
Output = Annotated[Path, typer.Argument(help="tệp JSONL kết quả", metavar="RA.jsonl")]


def assess(source: Input, out: Output, models: Models = None, encoder: Reader = None) -> None:
    """Đánh giá các văn bản: liên quan, sắc thái, chủ đề, tỉnh, khả năng vi phạm, thông tin cần đính chính."""
    refused = Refused()
    judge = nlp.judge.load(knowledge.load(), models, second(encoder))
    with lines.whole(out) as stream:
        for batch in lines.batches(dated(lines.texts(source, refused)), BATCH):
            for answer in judge.assess(batch):
                stream.write(lines.dump(answers.assessment(answer)) + "\n")
    refused.exit()


def second(encoder: Path | None) -> nlp.votes.Second | None:
    """Who reads again what the heads are unsure of."""
    return nlp.votes.Second(nlp.encoder.load(encoder), nlp.votes.UNSURE) if encoder else None


def dated(texts: Iterator[Text]) -> Iterator[Text]:
    """A text without a date is judged as of today."""
    today = wall().astimezone(vietnamese.HO_CHI_MINH).date()
    return (text if text.date else dataclasses.replace(text, date=today) for text in texts)


def read(
    page: Annotated[Path, typer.Argument(help="trang đã lưu (.html hoặc .html.gz)", metavar="TRANG.html[.gz]")],
    url: Annotated[str, typer.Option(help="địa chỉ của trang")],
) -> None:
    """Đọc một trang báo đã lưu: tiêu đề, sapô, nội dung, thời gian, tác giả."""
    body = unpacked(page)
    try:
        found = crawlers.pages.read(url, body, "text/html")
    except UnreadablePage as error:
        say(str(error), error=True)
        raise typer.Exit(1) from error
    if not found.title or not found.body:
        say(f"{page}: trang không có {'tiêu đề' if not found.title else 'nội dung'}", error=True)
        raise typer.Exit(1)
    names = (
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
    )
    values = {name: getattr(found, name) for name in names}
    for name in ("published_at", "modified_at"):
        values[name] = values[name].isoformat() if isinstance(values[name], datetime) else None
    print(lines.dump({**values, "authors": list(found.authors)}))


def unpacked(file: Path) -> bytes:
    """The bytes of a saved page; gzip is unpacked up to LARGEST_PAGE. Raises BadInput."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            body = stream.read(LARGEST_PAGE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{file}: không đọc được: {error}") from error
    if len(body) > LARGEST_PAGE:
        raise BadInput(f"{file}: trang lớn hơn {LARGEST_PAGE >> 20} MiB")
    return body


def stories(source: Input, out: Output) -> None:
    """Gom các văn bản cùng một câu chuyện và nhận ra bản đăng lại."""
    refused = Refused()
    with lines.whole(out) as stream:
        for identity, story, copy_of in nlp.stories.cluster(list(dated(lines.texts(source, refused)))):
            stream.write(lines.dump({"id": identity, "story": story, "near_duplicate_of": copy_of}) + "\n")
    refused.exit()


def evaluate(
    labels: Annotated[Path, typer.Argument(help="tệp nhãn JSONL", metavar="NHÃN.jsonl")],
    as_json: Annotated[bool, typer.Option("--json", help="in JSON")] = False,
    models: Models = None,
    encoder: Reader = None,
) -> None:
    """Đo chất lượng trên các văn bản đã gán nhãn: độ chính xác, độ phủ, F1 với khoảng tin cậy."""
    judge = nlp.judge.load(knowledge.load(), models, second(encoder))
    measured = nlp.evaluation.evaluate(judge, nlp.examples.read(labels))
    print(json.dumps(measured, ensure_ascii=False, indent=1) if as_json else nlp.evaluation.render(measured))


def train(
    data: Annotated[Path, typer.Option(help="thư mục dữ liệu đã gán nhãn")] = Path("../shared/data"),
    out: Annotated[Path, typer.Option(help="thư mục ghi mô hình")] = Path("nlp/models"),
) -> None:
    """Huấn luyện lại mô hình từ dữ liệu đã gán nhãn."""
    if not data.is_dir():
        raise BadInput(f"{data}: không có thư mục dữ liệu này")
    made = nlp.training.train(data, out)
    print(json.dumps(made, ensure_ascii=False, indent=1))
    if absent := made["apart"] - sum(made["examples"].get(origin, 0) for origin in ("apart", "near")):
        say(f"{absent} trong {made['apart']} nhãn để riêng không tìm thấy văn bản trong {data}", error=True)


def train_encoder(
    base: Annotated[Path, typer.Option(help="thư mục mô hình tiền huấn luyện (PhoBERT, dạng .safetensors)")],
    data: Annotated[Path, typer.Option(help="thư mục dữ liệu đã gán nhãn")],
    out: Annotated[Path, typer.Option(help="thư mục ghi bộ mã hóa")],
    epochs: Annotated[int, typer.Option(help="số lượt học", min=1, max=50)] = 4,
    measure_from: Annotated[datetime | None, typer.Option(help="đo trên tin từ ngày này", formats=["%d/%m/%Y"])] = None,
) -> None:
    """Huấn luyện bộ mã hóa tùy chọn (kiểu PhoBERT) trên cùng bộ nhãn; nên chạy trên máy có GPU."""
    nlp.encoder.demand(nlp.encoder.TRAINING, nlp.encoder.TRAINING_EXTRA)
    for directory in (base, data):
        if not directory.is_dir():
            raise BadInput(f"{directory}: không có thư mục này")
    from nlp import encoder_fitting, encoder_training  # torch: here alone, and only when asked for

    held = (measure_from.date(), date.max) if measure_from else None
    made = encoder_training.train(base, data, out, recipe=encoder_fitting.Recipe(epochs=epochs), hold_out=held)
    print(json.dumps(made, ensure_ascii=False, indent=1))
