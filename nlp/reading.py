"""How the rules read a text: tokens in one canonical spelling, each knowing where it stood in the NFC field.

"ko dc rút bảo hiểm xã hội một lần" is read as "không được rút bhxh 1 lần" (and, folded, "khong duoc rut bhxh 1 lan"), so one
phrase serves press, posts, unaccented posts and teencode. The canonical spelling is for matching only: nothing of it is
shown. This file judges nothing.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from records import Text, TextField
from vietnamese import fold_aligned, normalize_tones

RULES = Path(__file__).parent / "rules"
LONGEST_FIELD = 60_000
"""code points of a field that are read; what stands behind is not judged by the rules"""
LONGEST_SENTENCE = 90
"""tokens; a longer run without a stop is cut, so that what a pattern costs stays bounded"""

_TOKEN = re.compile(
    r"(?P<web>(?:[a-z0-9*-]{1,63}(?:\.|\[\.\])){1,5}"
    r"(?:com|net|org|vn|cc|top|vip|xyz|info|online|site|shop|app|club|link|me|io|pro|asia|win|icu)(?![^\W_]))"
    r"|\d+(?:[.,/:]\d+)*|[^\W\d_]+|\n+|[^\w\s]|_"
)
_OWN = re.compile("bhxh|bhyt|bhtn|baohiem|vssid|dichvucong|vneid")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_STOPS = frozenset(".!?…")
_OPEN = frozenset(("hiem", "bh"))
_GOES_ON = frozenset(("xa", "y", "that", "nhan", "te", "xh", "yt", "tn", "xe"))


@dataclass(frozen=True, slots=True)
class Part:
    """One field as read. `plain` and `marked` have the same length: tokens joined by single spaces, with one space at
    either end; `plain` is folded, `marked` keeps the accents. `starts[i]`/`ends[i]` place token i in the NFC field."""

    field: TextField
    nfc: str
    plain: str
    marked: str
    accented: bool
    tokens: tuple[int, ...]
    """where each token begins in `plain`"""
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    """stretches of `plain`, each with its closing mark and the spaces around it"""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The stretch of the NFC field behind plain[start:end], on token borders."""
        first = max(bisect_right(self.tokens, start) - 1, 0)
        if self.plain[start : start + 1] == " ":
            first = min(bisect_right(self.tokens, start), len(self.tokens) - 1)
        last = max(bisect_right(self.tokens, max(end - 1, start)) - 1, first)
        return self.starts[first], self.ends[last]

    def sentence(self, position: int) -> int:
        """Number of the sentence that holds a position of `plain`."""
        return max(bisect_right(self.sentences, (position, len(self.plain))) - 1, 0)


@dataclass(frozen=True, slots=True)
class Reading:
    parts: tuple[Part, ...]

    @property
    def plain(self) -> str:
        return "".join(part.plain for part in self.parts)


def read(text: Text) -> Reading:
    fields: tuple[tuple[TextField, str | None], ...] = (("title", text.title), ("text", text.text))
    return Reading(tuple(read_field(name, value) for name, value in fields if value and not value.isspace()))


def read_field(field: TextField, value: str) -> Part:
    nfc = unicodedata.normalize("NFC", value)
    tokens = _canonical(_split(nfc[:LONGEST_FIELD]))
    words = [word for word, _, _ in tokens]
    marked = " " + " ".join(words) + " " if words else " "
    begins, at = [], 1
    for word in words:
        begins.append(at)
        at += len(word) + 1
    plain = fold_aligned(marked)
    return Part(
        field=field,
        nfc=nfc,
        plain=plain,
        marked=marked,
        accented=_accented(nfc),
        tokens=tuple(begins),
        starts=tuple(start for _, start, _ in tokens),
        ends=tuple(end for _, _, end in tokens),
        sentences=_sentences(words, begins, len(marked)),
    )


def canonical(phrase: str) -> str:
    """A phrase in the marked spelling of `Part.marked`, without the outer spaces: how phrase lists are prepared."""
    return " ".join(word for word, _, _ in _canonical(_split(unicodedata.normalize("NFC", phrase))))


def _accented(nfc: str) -> bool:
    """Whether the writer uses accents at all; an unaccented text is matched folded, an accented one exactly."""
    head = nfc[:2000]
    return len(head) - len(head.encode("ascii", "ignore")) > len(head) // 12


def _split(nfc: str) -> list[tuple[str, str, int, int]]:
    """(lower-case word, folded word, start, end) of each token; invisible characters inside a word do not part it."""
    places: list[int] | None = None
    if _INVISIBLE.search(nfc):
        places = [at for at, char in enumerate(nfc) if not _INVISIBLE.match(char)]
        nfc = "".join(nfc[at] for at in places)
    low = nfc.lower()
    if len(low) != len(nfc):  # a capital that lowers to two code points
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in nfc)
    low = normalize_tones(low)
    folded = fold_aligned(low)
    tokens = [(low[a:b], folded[a:b], a, b) for a, b in (match.span() for match in _TOKEN.finditer(low))]
    if places is None:
        return tokens
    return [(word, plain, places[a], places[b - 1] + 1) for word, plain, a, b in tokens]


def _web(address: str) -> str:
    """Addresses are read as three words: of the state, borrowing the agency's name, any other."""
    if address.endswith("gov.vn"):
        return "webgov"
    return "webbhxh" if _OWN.search(address) else "weblink"


@lru_cache(maxsize=1)
def _spelling() -> tuple[dict[str, str], dict[str, str], dict[str, list[tuple[tuple[str, ...], str]]]]:
    """Words, words after a number, and merges by their first folded token (longest first)."""
    table = tomllib.loads((RULES / "spelling.toml").read_text(encoding="utf-8"))
    merges: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for key, value in table["merges"].items():
        words = tuple(key.split())
        merges.setdefault(words[0], []).append((words, value))
    for found in merges.values():
        found.sort(key=lambda pair: -len(pair[0]))
    return table["words"], table["after_number"], merges


def _merge(
    tokens: list[tuple[str, str, int, int]], at: int, ways: list[tuple[tuple[str, ...], str]]
) -> tuple[str, int] | None:
    """The canonical word for the tokens from `at` on, and how many they are."""
    for keys, value in ways:
        after = at + len(keys)
        if after > len(tokens) or any(tokens[at + step][1] != key for step, key in enumerate(keys)):
            continue
        if keys[-1] in _OPEN and after < len(tokens) and tokens[after][1] in _GOES_ON:
            continue  # "rút bảo hiểm | nhân thọ"
        return value, len(keys)
    return None


def _canonical(tokens: list[tuple[str, str, int, int]]) -> list[tuple[str, int, int]]:
    words, after, merges = _spelling()
    out: list[tuple[str, int, int]] = []
    at, count, number = 0, len(tokens), False
    while at < count:
        word, folded, start, end = tokens[at]
        merged = _merge(tokens, at, merges[folded]) if folded in merges else None
        if merged:
            word, step = merged
            at += step
            end = tokens[at - 1][3]
        else:
            at += 1
            if number and word in after:
                word = after[word]
            elif word in words:
                word = words[word]
            elif word == "t" and at < count and tokens[at][0][0].isdigit():
                word = "tháng"
            elif word[0] == "\n":
                word = "."
            elif word[:4] in ("1900", "1800") and len(word) > 6:
                word = "1900.9068" if re.sub(r"\D", "", word) == "19009068" else "tongdaila"
            elif "." in word and len(word) > 3 and not word[-1].isdigit():
                word = _web(word)
        if " " in word:
            out.extend([(piece, start, end) for piece in word.split(" ")])
        else:
            out.append((word, start, end))
        number = word[0].isdigit()
    return out


def _sentences(words: list[str], begins: list[int], length: int) -> tuple[tuple[int, int], ...]:
    found, first = [], 0
    for at, word in enumerate(words):
        closes = word in _STOPS and (at + 1 == len(words) or words[at + 1] not in _STOPS)
        if closes or at - first >= LONGEST_SENTENCE:
            end = begins[at] + len(word) + 1
            found.append((begins[first] - 1, end))
            first = at + 1
    if first < len(words):
        found.append((begins[first] - 1, length))
    return tuple(found)
