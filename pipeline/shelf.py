"""Where learnt models lie, and which weights judge: the first on the pile that is whole, else the trained ones.

A model's directory holds arrays and their manifest; the store's row holds the manifest's digest. Who can write to the disk
alone cannot put another model in its place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import config
import store
from nlp.weights import version_of
from pipeline import judging
from pipeline.judging import Weights


def home(settings: config.Settings) -> Path:
    return settings.data_dir / "models"


def base(settings: config.Settings) -> Weights:
    """The trained weights from which learning starts."""
    return Weights(settings.judging.models)


def learnt(settings: config.Settings, model: store.Model) -> Weights:
    return Weights(home(settings) / Path(model.version).name, model.digest)


def chosen(settings: config.Settings, pile: Iterable[store.Model]) -> tuple[Weights, list[tuple[store.Model, str]]]:
    """The weights that judge, and the models on the pile above them that cannot be used, each with the reason."""
    trained = base(settings)
    version = version_of(trained.directory)
    faults: list[tuple[store.Model, str]] = []
    for model in pile:
        weights = learnt(settings, model)
        old = f"học từ bộ trọng số {model.base}, nay là {version}" if model.base != version else ""
        why = old or judging.fault(weights)
        if not why:
            return weights, faults
        faults.append((model, why))
    return trained, faults


@contextmanager
def bench(settings: config.Settings) -> Iterator[Path]:
    """An empty directory beside the models, to make one in; gone at the end."""
    home(settings).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".hoc-", dir=home(settings)) as place:
        made = Path(place) / "made"
        made.mkdir()
        yield made


def put(settings: config.Settings, made: Path, version: str) -> None:
    """Lays a model made on the bench on the shelf, whole or not at all."""
    place = home(settings) / version
    for file in made.iterdir():
        with file.open("rb") as written:
            os.fsync(written.fileno())
    if place.exists():
        shutil.rmtree(place)
    made.rename(place)


def clear(settings: config.Settings, kept: Iterable[str]) -> None:
    """Removes the models whose versions are not named."""
    names = set(kept)
    for place in home(settings).glob("lang-nghe-*"):
        if place.is_dir() and place.name not in names:
            shutil.rmtree(place, ignore_errors=True)
