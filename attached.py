"""The words of a PDF or Word file from outside. A parser of such files can be made to run for hours or eat all memory, so it
works in a process of its own that ends when it takes too long or too much. It keeps nothing and asks nobody."""

from __future__ import annotations

import io
import resource
import subprocess
import sys
from collections.abc import Iterator

import vietnamese
from records import BadInput

MOST_PAGES, MOST_CHARS = 20, 50_000
SECONDS, MEMORY = 10, 1 << 30


def words(content: bytes) -> str:
    """NFC, at most MOST_CHARS. Raises BadInput for a file that is neither, is broken, locked, without words, or too costly."""
    if not content.startswith((b"%PDF-", b"PK\x03\x04")):
        raise BadInput("không phải tệp PDF hay Word")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "attached"], input=content, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise BadInput("tệp quá phức tạp") from None
    text = vietnamese.nfc(done.stdout.decode("utf-8", "replace")).strip()[:MOST_CHARS]
    if done.returncode or not text:
        raise BadInput("tệp không đọc được hoặc chỉ có ảnh")
    return text


def main() -> None:
    """In the process of its own: a file on standard input, words on standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    content, room = sys.stdin.buffer.read(), MOST_CHARS
    for text in _pdf(content) if content.startswith(b"%PDF-") else _word(content):
        sys.stdout.buffer.write(text[:room].encode("utf-8", "replace") + b"\n")
        room -= len(text)
        if room <= 0:
            break


def _pdf(content: bytes) -> Iterator[str]:
    from pypdf import PdfReader  # the parsers are loaded in the process of its own alone

    for page in PdfReader(io.BytesIO(content)).pages[:MOST_PAGES]:
        yield page.extract_text()


def _word(content: bytes) -> Iterator[str]:
    """Paragraphs and rows of tables, in their order."""
    import docx
    import docx.table

    for block in docx.Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(block, docx.table.Table):
            for row in block.rows:
                yield " | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells))
        else:
            yield block.text


if __name__ == "__main__":
    main()
