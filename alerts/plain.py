"""Outside text made fit for one line of a mail. Does not escape HTML: the templates do."""

from __future__ import annotations

import vietnamese

HEADLINE = 200
"""code points kept of a headline in a mail"""
QUOTE = 400


def one_line(text: str | None, limit: int) -> str:
    """`text` as one line of at most `limit` code points: no control, bidi or zero-width characters, no line breaks."""
    if not text:
        return ""
    line = " ".join(vietnamese.nfc(text[: 20 * limit]).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
