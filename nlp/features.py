"""A text as numbers: n-grams of syllables, of the headline alone, of letters, and cues. Fast, and equal to scikit-learn.

A vocabulary is fitted with scikit-learn's TfidfVectorizer and then served by `Features.matrix`, which gives the same
numbers several times faster. Each block of features is weighed to length 1 by itself, so a long text does not outshout
its headline.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from operator import itemgetter

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from nlp import cues
from nlp.text import LIMIT, lower, syllables
from records import Text
from vietnamese import fold_aligned

Floats = NDArray[np.float32]
Names = dict[str, list[str]]

BLOCKS = "wtqx"
"""what the product reads, of: w words of headline and text; t words of the headline (posts: of the beginning); q cues;
x cues of the subject; c letters (dear, and they bought nothing here; short comments of public sets need them)"""
HEAD = 16
"""syllables of a text without headline that stand for one"""
LETTERS = (2, 3, 4, 5)
COMMON = 3
"""texts a name occurs in, from which on it is learned"""
_SPACE = re.compile(r"\s+")


def names(text: Text, blocks: Iterable[str] = BLOCKS) -> Names:
    """Block -> the names of its features in a text, as often as they occur."""
    title, body = syllables(text.title or ""), syllables(text.text)
    found = {}
    for block in blocks:
        if block == "w":
            found[block] = _grams(title) + _grams(body)
        elif block == "t":
            found[block] = _grams(title or body[:HEAD])
        elif block == "c":
            found[block] = _letters(f"{text.title or ''} {text.text}")
        else:
            found[block] = cues.found(title, body) if block == "q" else cues.context(title, body)
    return found


def _grams(words: Sequence[str]) -> list[str]:
    return [*words, *(f"{a} {b}" for a, b in pairwise(words))]


def _letters(text: str) -> list[str]:
    """Runs of 2 to 5 letters within words, a blank at either end (as scikit-learn's char_wb)."""
    found: list[str] = []
    for word in _SPACE.split(lower(text[:LIMIT]).strip()):
        padded = f" {word} "
        for size in LETTERS:
            found += [padded[i : i + size] for i in range(max(1, len(padded) - size + 1))]
            if len(padded) <= size:
                break
    return found


@dataclass(frozen=True, slots=True)
class Features:
    """A fitted vocabulary: per block, name -> column and the inverse document frequency of each column."""

    columns: dict[str, dict[str, int]]
    idf: Floats
    """for all columns, in order"""

    @property
    def width(self) -> int:
        return len(self.idf)

    def of(self, blocks: str) -> NDArray[np.int64]:
        """The columns of the named blocks."""
        return np.array([column for block in blocks for column in self.columns[block].values()], np.int64)

    def matrix(self, texts: Iterable[Text]) -> sp.csr_matrix:
        """One row a text, `width` columns: log-damped counts times idf, each block of a row of length 1."""
        return self.rows(names(text, self.columns) for text in texts)

    def rows(self, read: Iterable[Names]) -> sp.csr_matrix:
        """The same from the names already read."""
        indices: list[int] = []
        values: list[Floats] = [np.zeros(0, np.float32)]
        starts = [0]
        for found in read:
            for block, columns in self.columns.items():
                counts = Counter([columns[name] for name in found[block] if name in columns])
                where = sorted(counts)
                weights = (1 + np.log([counts[i] for i in where])).astype(np.float32) * self.idf[where]
                values.append(weights / (np.linalg.norm(weights) or 1))
                indices += where
            starts.append(len(indices))
        shape = (len(starts) - 1, self.width)
        return sp.csr_matrix((np.concatenate(values), indices, starts), shape=shape, dtype=np.float32)


def fit(read: Sequence[Names], min_df: int = COMMON) -> Features:
    """Learn the vocabulary of texts read by `names`: what occurs in at least `min_df` of them."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    columns: dict[str, dict[str, int]] = {}
    idf: list[NDArray[np.float64]] = []
    width = 0
    for block in read[0]:
        vectorizer = TfidfVectorizer(analyzer=itemgetter(block), min_df=min_df).fit(read)
        found = sorted(vectorizer.vocabulary_)
        columns[block] = {name: width + i for i, name in enumerate(found)}
        idf.append(vectorizer.idf_)
        width += len(found)
    return Features(columns, np.concatenate(idf).astype(np.float32))


def stripped(texts: Iterable[Text]) -> Iterator[Text]:
    """The same texts as they are typed without Vietnamese marks."""
    for text in texts:
        yield replace(text, title=text.title and fold_aligned(text.title), text=fold_aligned(text.text))
