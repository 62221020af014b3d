"""The optional second reader of the settings (`judging.engine = "transformer"`): whether it is asked for, and whether it is whole.

What is missing from the installation stops the start with one line. Files that are damaged stop nothing: the linear heads
judge alone, and it is told.
"""

from __future__ import annotations

import functools
from pathlib import Path

import config
import nlp.encoder
import nlp.votes
import nlp.weights
from pipeline import judging
from records import BadInput, BadSetting


def check(settings: config.Settings) -> None:
    """Raises BadSetting where the settings ask for a reader without naming one, or its libraries are not installed."""
    if settings.judging.engine == "transformer" and settings.judging.encoder is None:
        raise BadSetting('judging.encoder: engine = "transformer" cần thư mục của bộ mã hóa')
    if asked(settings) and (absent := nlp.encoder.missing()):
        raise BadSetting(
            f'judging.engine = "transformer": chưa cài {", ".join(absent)}; hãy chạy: '
            f"pip install '{nlp.encoder.EXTRA}', hoặc đặt engine = \"linear\""
        )


def asked(settings: config.Settings) -> Path | None:
    """The directory of the reader the settings ask for."""
    return settings.judging.encoder if settings.judging.engine == "transformer" else None


def in_force(settings: config.Settings) -> judging.Again | None:
    """The reader to ask; None where none is asked for or the one that is cannot be loaded."""
    directory = asked(settings)
    if directory is None or fault(settings):
        return None
    return judging.Again(directory, nlp.encoder.manifest(directory).version, settings.judging.unsure)


def fault(settings: config.Settings) -> str:
    """Why the reader the settings ask for cannot judge; empty where it can, or none is asked for. Files are read again only
    when they changed."""
    directory = asked(settings)
    return _fault(directory, judging.stamps(directory), settings.judging.models) if directory else ""


@functools.lru_cache(maxsize=8)
def _fault(directory: Path, _stamps: judging.Stamps, models: Path | None) -> str:
    try:
        nlp.votes.fit(nlp.encoder.load(directory), nlp.weights.load(models).heads)
    except BadInput as error:
        return str(error)
    return ""
