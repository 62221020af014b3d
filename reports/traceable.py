"""The report as JSON: every figure with the keys of its items, every sentence with the figures it states. Sorted, LF, no date of
making: the same figures give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from records import Figures, SourceLine
from reports.counts import Counts
from reports.outline import Block, Bullets, Outline, Paragraph, Picture, Table


def text(counts: Counts, outline: Outline) -> str:
    """The whole file."""
    figures = counts.figures
    every: dict[str, Mapping[str, Sequence[str]]] = {dimension: {} for dimension in figures.carried} | dict(
        figures.groups
    )
    content = {
        "week": figures.week,
        "start": figures.start.isoformat(),
        "end": figures.end.isoformat(),
        "as_of": figures.as_of.isoformat(),
        "models": sorted(figures.models),
        "figures": _with_keys(every),
        "before": _with_keys(figures.before),
        "stories": {
            s.story: {"count": len(s.keys), "keys": sorted(s.keys), "outlets": s.outlets} for s in figures.stories
        },
        "items": _items(figures),
        "history": [{"week": one.week, "counts": one.counts} for one in figures.history],
        "sample": figures.sample,
        "revised": {one.figure: {"issued": one.issued, "now": one.now} for one in figures.revised},
        "coverage": [_source(one) for one in sorted(figures.coverage, key=lambda one: one.source)],
        "report": [
            {"id": part.id, "heading": part.heading, "blocks": [_block(block) for block in part.blocks]}
            for part in (*outline.parts, *outline.appendix)
        ],
        "note": outline.note,
    }
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _items(figures: Figures) -> dict[str, Any]:
    return {
        item.key: {
            "title": item.title,
            "outlet": item.outlet,
            "url": item.url,
            "at": item.at.isoformat(),
            "story": item.story,
            "reach": item.reach,
        }
        for item in figures.items
    }


def _source(one: SourceLine) -> dict[str, Any]:
    return {
        "source": one.source,
        "outlet": one.outlet,
        "collected": one.collected,
        "expected": one.expected,
        "usual": one.usual,
        "late": one.late,
        "polls": one.polls,
        "errors": one.errors,
        "last_success": one.last_success.isoformat() if one.last_success else None,
        "silent": one.silent,
    }


def _with_keys(groups: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, Any]:
    return {
        dimension: {label: {"count": len(set(keys)), "keys": sorted(set(keys))} for label, keys in labels.items()}
        for dimension, labels in groups.items()
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"text": block.text, "figures": list(block.figures)}
    if isinstance(block, Bullets):
        return {"items": [_block(item) for item in block.items]}
    if isinstance(block, Table):
        rows = [list(row) for row in block.rows]
        return {"table": block.caption, "header": list(block.header), "rows": rows, "figures": list(block.figures)}
    assert isinstance(block, Picture)
    return {"picture": block.name, "text": block.alt, "figures": list(block.figures)}
