"""The Outline as HTML (screen and print) and as the text and HTML of the mail. Everything from outside is escaped."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

import vietnamese
from reports.counts import Counts
from reports.outline import WHOLE, Bullets, Outline, Paragraph, Picture, Table

if TYPE_CHECKING:
    from reports.weekly import Letterhead

MAILED = ("theo-ngay", "du-bao")
KINDS = {Paragraph: "paragraph", Bullets: "bullets", Table: "table", Picture: "picture"}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = lambda block: KINDS[type(block)]
    environment.filters["base64"] = lambda content: b64encode(content).decode("ascii")
    return environment


def page(name: str, outline: Outline, letterhead: Letterhead, counts: Counts) -> str:
    """`templates/<name>` filled; text templates without runs of empty lines."""
    when = counts.figures.as_of
    filled = (
        _environment()
        .get_template(name)
        .render(
            outline=outline,
            letterhead=letterhead,
            when=when.astimezone(vietnamese.HO_CHI_MINH),
            made=when.isoformat(),
            whole=WHOLE,
            mark=" (dự thảo)" if outline.draft else "",
            pictures=mailed(outline),
            tables=[block for part in outline.parts[1:2] for block in part.blocks if isinstance(block, Table)],
            proposals=outline.parts[-1] if outline.parts else None,
        )
    )
    return filled if name.endswith(".html") else re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"


def filled(name: str, **values: Any) -> str:
    """`templates/<name>` filled with these values: an HTML page that is no weekly report."""
    return _environment().get_template(name).render(**values)


def mailed(outline: Outline) -> tuple[Picture, ...]:
    """The pictures that the mail shows in its text."""
    every = [block for part in outline.parts for block in part.blocks if isinstance(block, Picture)]
    return tuple(one for one in every if one.name in MAILED)
