"""Templates to text and HTML. HTML is escaped by the template engine, its styles are written into the elements."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


def text(name: str, **values: Any) -> str:
    """`templates/<name>.txt` filled, never more than one empty line in a row."""
    filled = _environment().get_template(f"{name}.txt").render(**values)
    return re.sub(r"\n{3,}", "\n\n", filled).strip() + "\n"


def html(name: str, **values: Any) -> str:
    """`templates/<name>.html` filled, as mail programs want it: styles inside the elements."""
    return _inliner().inline(_environment().get_template(f"{name}.html").render(**values))
