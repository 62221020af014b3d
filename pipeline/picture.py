"""The picture of a page: Debian's Chromium on the stored bytes. No network, no scripts, its own throw-away profile.

Three walls: nothing in the HTML acts or loads (`crawlers.pages.comments.still`); the page's own policy forbids scripts and
loading; no name is resolved and every connection is sent to a proxy that is not there.
"""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageChops

from records import BadInput

WIDTH, HEIGHT = 1000, 8000
"""pixels; what lies below is not on the picture"""
TIMEOUT = 60.0
MARGIN = 20
FLAGS = (
    "--headless", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-domain-reliability", "--disable-breakpad",
    "--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=http://0.0.0.0:1",
    "--proxy-bypass-list=<-loopback>", "--disable-quic", "--disable-webrtc",
)  # fmt: skip


def take(page: bytes, chromium: str) -> bytes:
    """A PNG of a page in which nothing acts. Blocks for seconds. Raises BadInput saying why there is none."""
    with tempfile.TemporaryDirectory(prefix="langnghe-anh-", ignore_cleanup_errors=True) as place:
        source, out = Path(place) / "trang.html", Path(place) / "anh.png"
        source.write_bytes(page)
        command = [
            chromium, *FLAGS, f"--user-data-dir={place}/ho-so", f"--window-size={WIDTH},{HEIGHT}",
            f"--screenshot={out}", source.as_uri(),
        ]  # fmt: skip
        if os.geteuid() == 0:  # Chromium does not start its sandbox for root
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(command, timeout=TIMEOUT, capture_output=True, check=True, cwd=place)  # noqa: S603
            return _trimmed(out.read_bytes())
        except FileNotFoundError as error:
            raise BadInput(f"không chụp được trang: không chạy được {chromium}, hoặc nó không ghi ảnh") from error
        except (subprocess.SubprocessError, OSError) as error:
            raise BadInput(f"không chụp được trang: {type(error).__name__}") from error


def _trimmed(png: bytes) -> bytes:
    """Without the empty space below the page."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    ground = Image.new("RGB", picture.size, picture.getpixel((picture.width - 1, picture.height - 1)))
    box = ImageChops.difference(picture, ground).getbbox()
    bottom = min(box[3] + MARGIN, picture.height) if box else MARGIN
    target = io.BytesIO()
    picture.crop((0, 0, picture.width, bottom)).save(target, "PNG", optimize=True)
    return target.getvalue()
