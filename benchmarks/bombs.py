"""What decompression bombs cost: peak memory of a process that meets them one after another.

    python -m benchmarks.bombs [--gib 10]

Served by another process as they are made, so that only the crawl's own memory counts. Prints peak RSS before and after.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from typing import Any

import brotli
from backports import zstd

import config
from benchmarks.web_rig import show
from crawlers import collect
from crawlers.intake import Official
from crawlers.manners import Memory
from crawlers.sources import Source

CODINGS = ("gzip", "deflate", "br", "zstd", "gzip, gzip")


def packer(coding: str) -> tuple[Any, Any]:
    """(pack a piece, finish)."""
    if coding == "br":
        press = brotli.Compressor(quality=1)
        return press.process, press.finish
    found = (
        zstd.ZstdCompressor(level=1) if coding == "zstd" else zlib.compressobj(1, wbits=31 if coding == "gzip" else 15)
    )
    return found.compress, found.flush


def pieces(coding: str, gib: float) -> Iterator[bytes]:
    (pack, finish), zeros = packer(coding.split(", ")[0]), bytes(2**20)
    outer = packer("gzip") if ", " in coding else None
    for _ in range(int(gib * 1024)):
        piece = pack(zeros)
        yield outer[0](piece) if outer else piece
    yield (outer[0](finish()) + outer[1]()) if outer else finish()


def serve(gib: float, ready: Any) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                self.send_error(404)
                return
            self.wfile.write(
                f"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Encoding: {CODINGS[int(self.path[-1])]}\r\n\r\n".encode()
            )
            try:
                for piece in pieces(CODINGS[int(self.path[-1])], gib):
                    self.wfile.write(piece)
            except OSError:
                pass
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ready.send(server.server_port)
    threading.Thread(target=server.serve_forever).start()


class Forgetful:
    """A store that keeps nothing."""

    def __getattr__(self, _: str) -> Any:
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        return None

    def resting(self, *_: Any) -> set[str]:
        return set()


def peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gib", type=float, default=10)
    a = parser.parse_args()
    ours, theirs = get_context("spawn").Pipe()
    server = get_context("spawn").Process(target=serve, args=(a.gib, theirs), daemon=True)
    server.start()
    base = f"http://127.0.0.1:{ours.recv()}"
    settings = config.Settings(crawl=config.Crawl(allow_loopback=(base[7:],), delay=0))
    before, figures = peak(), []
    for number, coding in enumerate(CODINGS):
        source = Source(f"bom-{number}", coding, f"{base}/", "press", feeds=(f"{base}/{number}",))
        began = time.monotonic()
        (done,) = asyncio.run(
            collect.collect([source], settings, Forgetful(), lambda: datetime.now(UTC), Official(), Memory())  # type: ignore[arg-type]
        )
        figures.append(
            {"coding": coding, "seconds": round(time.monotonic() - began, 2), "peak_mb": peak(), "said": done.error}
        )
    server.kill()
    show({"gib": a.gib, "peak_before_mb": before, "bombs": figures})


if __name__ == "__main__":
    main()
