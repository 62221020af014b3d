"""Copies of one text and reports of one event.

A copy is found by MinHash over three-syllable shingles (robust against edits and boilerplate); an event by the rare words and
numbers that headline and lead share within a few days. A word that several running stories use counts for less: it tells none
of them apart. Two stories to which one report belongs are one. Given candidates, `place` decides; looking candidates up is the
store's work, and what is held back for a copy or a told story is decided in alerts/rules.py.
"""

from __future__ import annotations

import hashlib
import math
import struct
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from operator import eq

from rensa import RMinHash

from nlp.headlines import shingles, title_terms
from records import Candidate, Placement, Signature, Text

PERMUTATIONS, BANDS, SEED = 128, 32, 20250701
ROWS = PERMUTATIONS // BANDS
COPY = 0.5
"""estimated share of common shingles from which a text is a copy"""
SAME = 0.17
"""likeness to a story from which a report belongs to it; benchmarks/stories.py chooses and checks it"""
LINK = 0.8
"""share of SAME from which the other stories a report is like are made one with the one it joins"""
COMMON = 0.8
"""loss of weight of a term with every further candidate story that uses it: it tells none of them apart"""
FADE = 0.02
"""likeness lost with each day between two reports"""
APART = 0.08
"""likeness lost where both name a province and not the same"""
WINDOW = timedelta(days=9)
HEAVY = 12
"""heaviest terms by which candidates are looked up, here as in the store"""
LEAST_SHINGLES = 4
"""a text of fewer is too short to be called a copy"""


def story_id(key: str) -> str:
    """The id of a story begun by this document."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def signature(text: Text) -> Signature:
    return signatures([text])[0]


def signatures(texts: Sequence[Text]) -> list[Signature]:
    """Signatures in the order of the texts; the same in every process."""
    sets = [shingles(text) for text in texts]
    digests = RMinHash.digests_from_token_sets(sets, PERMUTATIONS, SEED) if sets else []
    return [_signature(text, words, digest) for text, words, digest in zip(texts, sets, digests, strict=True)]


def _signature(text: Text, words: Sequence[str], digest: Sequence[int]) -> Signature:
    terms = title_terms(text)
    if len(words) < LEAST_SHINGLES:
        return Signature((), (), terms)
    return Signature(tuple(_bands(digest)), tuple(digest), terms)


def _bands(digest: Sequence[int]) -> Iterator[int]:
    """63-bit band keys; a band's number is part of its key."""
    for band in range(BANDS):
        raw = struct.pack(f"<B{ROWS}I", band, *digest[band * ROWS : (band + 1) * ROWS])
        yield int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little") >> 1


def likeness(one: Signature, other: Signature) -> float:
    """Estimated share of common shingles, 0 to 1; 0 where either is too short."""
    if not one.minhash or not other.minhash:
        return 0.0
    same: int = sum(map(eq, one.minhash, other.minhash))
    return same / PERMUTATIONS


def place(
    key: str, signature: Signature, seen_at: datetime, candidates: Sequence[Candidate], province: str | None = None
) -> Placement:
    """The story of a document among the candidates handed in, else one of its own."""
    copies = [(likeness(signature, other.signature), other) for other in candidates]
    copies = sorted(
        ((like, other) for like, other in copies if like >= COPY), key=lambda pair: (-pair[0], pair[1].seen_at)
    )
    if copies:
        like, first = copies[0]
        others = dict.fromkeys(other.story for _, other in copies if other.story != first.story)
        return Placement(first.story, first.document, signature, like, tuple(others))
    events = sorted(_events(signature, seen_at, candidates, province), reverse=True)
    if events and events[0][0] >= SAME:
        (near, story), *further = events
        linked = tuple(other for like, other in further if like >= LINK * SAME)
        return Placement(story, None, signature, near, linked)
    return Placement(story_id(key), None, signature)


def _events(
    signature: Signature, seen_at: datetime, candidates: Sequence[Candidate], province: str | None
) -> Iterator[tuple[float, str]]:
    """(likeness, story) of each candidate story: half its likest report, half the mean of those within the window."""
    stories: dict[str, list[tuple[Candidate, set[str]]]] = defaultdict(list)
    for other in candidates:
        if abs(seen_at - other.seen_at) <= WINDOW:
            stories[other.story].append((other, signature.terms.keys() & other.signature.terms.keys()))
    terms = _telling(signature.terms, [set().union(*(shared for _, shared in others)) for others in stories.values()])
    for story, others in stories.items():
        near = [
            math.fsum([terms[term] * other.signature.terms[term] for term in shared])
            - FADE * (abs(seen_at - other.seen_at) / timedelta(days=1))
            - (APART if province and other.province and province != other.province else 0.0)
            for other, shared in others
        ]
        yield 0.5 * max(near) + 0.5 * math.fsum(near) / len(near), story


def _telling(terms: Mapping[str, float], stories: Iterable[set[str]]) -> dict[str, float]:
    """The terms, lighter the more stories share them."""
    used = Counter(chain.from_iterable(stories))
    return {term: weight / (1 + COMMON * max(used[term] - 1, 0)) for term, weight in terms.items()}


def cluster(texts: Sequence[Text]) -> list[tuple[str, str, str | None]]:
    """(id, story, near-duplicate of) of each text, in the order given; texts are placed by date, undated ones last."""
    marks = signatures(texts)
    order = sorted(range(len(texts)), key=lambda at: (texts[at].date is None, texts[at].date, at))
    by_band: dict[int, list[Candidate]] = defaultdict(list)
    by_term: dict[str, list[Candidate]] = defaultdict(list)
    placed: dict[int, Placement] = {}
    renamed: dict[str, str] = {}
    for at in order:
        day = texts[at].date
        seen = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else datetime.max.replace(tzinfo=UTC)
        found = {id(c): c for band in marks[at].bands for c in by_band[band]}
        heavy = sorted(marks[at].terms, key=lambda term: (-marks[at].terms[term], term))[:HEAVY]
        found |= {id(c): c for term in heavy for c in by_term[term] if seen - c.seen_at <= WINDOW}
        others = [replace(c, story=_final(c.story, renamed)) if c.story in renamed else c for c in found.values()]
        placement = place(texts[at].id, marks[at], seen, others)
        placed[at] = placement
        renamed |= dict.fromkeys(placement.merged, placement.story)
        this = Candidate(texts[at].id, placement.story, seen, marks[at])
        for band in marks[at].bands:
            by_band[band].append(this)
        for term in heavy:
            by_term[term].append(this)
    return [(texts[at].id, _final(placed[at].story, renamed), placed[at].near_duplicate_of) for at in range(len(texts))]


def _final(story: str, renamed: Mapping[str, str]) -> str:
    seen = {story}
    while story in renamed and renamed[story] not in seen:
        story = renamed[story]
        seen.add(story)
    return story
