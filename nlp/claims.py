"""Sentences that state a checkable fact, held against the facts as valid on the item's date.

The matchers stand in rules/claims.toml, keyed by fact. A claim is contradicted only when its writer asserts it in his own
voice (nlp/guards.py), after the fact was known; figures that were true once are never held against anybody, and the facts
that tell of true events (F047, F090) contradict nothing that recalls the event. This file does not judge intent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from knowledge import Fact, Knowledge
from nlp import beliefs, figures, guards, lexicon
from nlp.beliefs import Belief, Beliefs
from nlp.lexicon import Findings, Found
from nlp.matchers import Slot, close, matchers
from nlp.phrases import Hit
from nlp.quantities import Quantity
from nlp.reading import Part
from records import Claim, Text, TextField, Verdict

EARLY = timedelta(days=370)
"""how long before a fact's first day a text may already be held against it (the law is passed before it is in force)"""
KEEP, SPEAK, HEARSAY = 0.5, 0.55, 0.75
"""how sure the model must be to leave a contradiction of the rules standing, to speak for one of its own, and to believe that
a post means what it passes on or hedges; chosen out of fold on the written texts of nlp/corpus"""
GRACE = timedelta(days=30)
"""after a figure's last day; from then on the press and the offices should know"""
LONGEST_QUOTE = 300

_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class Stated:
    """One place of a text that speaks of a fact."""

    fact: str
    verdict: Verdict
    found: Found
    hit: Hit
    quantity: Quantity | None = None


def check(text: Text, knowledge: Knowledge, model: Beliefs | None = None) -> tuple[Claim, ...]:
    """The claims of a text, contradicted ones first, one for each fact. `model`: another than the shipped one."""
    findings = lexicon.findings(text)
    if not findings.fields:
        return ()
    places = list(stated(findings, text, knowledge))
    best: dict[str, Stated] = {}
    for place in places:
        known = best.get(place.fact)
        if known is None or _says_more(place, known):
            best[place.fact] = place
    belief = (model or beliefs.load()).judge(findings, text.kind, told(places), knowledge)
    right = {(p.found.part.field, p.hit.sentence) for p in places if p.verdict == "supported"}
    best = _believed(best, belief, model or beliefs.load(), findings, text, knowledge, right)
    order = {"contradicted": 0, "supported": 1, "unchecked": 2}
    sorted_ = sorted(best.values(), key=lambda place: order[place.verdict])
    return tuple(_claim(place, knowledge.fact(place.fact)) for place in sorted_)


def _says_more(place: Stated, known: Stated) -> bool:
    """Whether a place says more of its fact than one known: against it beside unchecked, a number beside words."""
    if place.verdict != "contradicted" or known.verdict == "supported":
        return False
    return known.verdict == "unchecked" or _weight(place) > _weight(known)


def _weight(place: Stated) -> int:
    return bool(place.quantity) + place.hit.name.startswith("figure:")


def _believed(
    best: dict[str, Stated],
    belief: Belief,
    model: Beliefs,
    findings: Findings,
    text: Text,
    knowledge: Knowledge,
    right: Set[tuple[TextField, int]],
) -> dict[str, Stated]:
    """The rules' findings with the model's voice: it may silence a contradiction, or speak for one the rules did not see,
    but hardly in a sentence that they find `right` (field, number)."""
    against = [place for place in best.values() if place.verdict == "contradicted"]
    if against:
        hearsay = text.kind == "post" and all(guards.attributed(p.found, p.hit.sentence) for p in against)
        if belief.sure >= (HEARSAY if hearsay else KEEP):
            return best
        if guards.length(findings) <= guards.LONG:
            return {fact: place if _counted(place, text) else _silenced(place) for fact, place in best.items()}
        doubted = all(_doubted(place, model, text, knowledge) for place in against)
        return {fact: _silenced(place) for fact, place in best.items()} if doubted else best
    if belief.sure < SPEAK or not guards.may_assert(findings):
        return best
    place = best.get(belief.fact) or _plainest(belief, model, findings)
    doubtful = (_hedged(place) and text.kind != "post") or guards.worried(place.found, place.hit.sentence)
    unlikely = _hedged(place) or (place.found.part.field, place.hit.sentence) in right
    if doubtful or (unlikely and belief.sure < HEARSAY):
        return best
    if _asked(place) or guards.seeking(findings) or not _due(knowledge.fact(place.fact), text.date or date.max):
        return best
    return {**best, place.fact: replace(place, verdict="contradicted")}


def _counted(place: Stated, text: Text) -> bool:
    """A number of the press or of an office that is read by itself (nlp/figures.py), not reached by a wide pattern,
    stands whatever the model believes: it knows posts best."""
    return text.kind != "post" and place.hit.name.startswith("figure:")


def _doubted(place: Stated, model: Beliefs, text: Text, knowledge: Knowledge) -> bool:
    """Whether the model does not believe a sentence of a long text either, read by itself as the short texts it knows. A
    number of the press or of an office that differs stands whatever the model believes."""
    if place.quantity and text.kind != "post":
        return False
    part = place.found.part
    start, end = part.span(*part.sentences[place.hit.sentence])
    alone = replace(text, title=None, text=part.nfc[start:end])
    findings = lexicon.findings(alone)
    told_alone = told(stated(findings, alone, knowledge))
    return model.judge(findings, text.kind, told_alone, knowledge).sure < KEEP


def _silenced(place: Stated) -> Stated:
    return replace(place, verdict="unchecked") if place.verdict == "contradicted" else place


def _plainest(belief: Belief, model: Beliefs, findings: Findings) -> Stated:
    """The sentence that speaks most of the fact the text is about."""
    field, number = model.sentence(findings, belief.fact)
    found = findings.fields[field]
    start, end = found.part.sentences[number]
    return Stated(belief.fact, "contradicted", found, Hit("belief", start + 1, end, number))


def told(places: Iterable[Stated]) -> tuple[tuple[str, Verdict], ...]:
    """What the rules say of each fact, as the model hears it."""
    return tuple((place.fact, place.verdict) for place in places)


def stated(findings: Findings, text: Text, knowledge: Knowledge) -> Iterator[Stated]:
    """All places, supporting ones first: who states a fact rightly does not contradict it beside. In one sentence the
    variant known to be wrong says more than the words it shares with the right one."""
    day, reporter = text.date or date.max, text.kind != "post"
    places = [place for found in findings.fields for place in _places(findings, found, text, knowledge)]
    places += [place for found in findings.fields for place in _figures(found, day, knowledge)]
    against = [place for place in places if place.verdict == "contradicted"]
    held = {id(place) for place in against if _holds(findings, place, knowledge.fact(place.fact), day, reporter)}
    wrong = {(place.fact, place.found.part.field, place.hit.sentence) for place in against if id(place) in held}
    for place in places:
        where = (place.fact, place.found.part.field, place.hit.sentence)
        if place.verdict == "supported" and where not in wrong and not _asked(place):
            yield place
    for place in against:
        yield place if id(place) in held else replace(place, verdict="unchecked")


def _holds(findings: Findings, place: Stated, fact: Fact, day: date, reporter: bool) -> bool:
    due = _due(fact, day) and not _of_old(place, fact)
    return due and guards.asserted(findings, place.found, place.hit, reporter)


def _asked(place: Stated) -> bool:
    return any(guards.asked(place.found, number) for number in guards.sentences(place.found.part, place.hit))


def _hedged(place: Stated) -> bool:
    """Whether the sentence predicts, proposes or puts it into somebody else's mouth."""
    found, number = place.found, place.hit.sentence
    return guards.unsure(found, number) or guards.attributed(found, number)


def _due(fact: Fact, day: date) -> bool:
    """Whether a text of that day can be held against the fact."""
    first = matchers()[fact.id].since or (fact.valid_from - EARLY if fact.valid_from else date.min)
    return day >= first


def _of_old(place: Stated, fact: Fact) -> bool:
    """Whether the sentence speaks of a year before the fact: what was true then is not held against it."""
    first = fact.valid_from.year if fact.valid_from else 0
    start, end = place.found.part.sentences[place.hit.sentence]
    years = [int(year) for year in _YEAR.findall(place.found.part.plain[start:end])]
    return bool(years) and max(years) < min(first, 2024)


def _places(findings: Findings, found: Found, text: Text, knowledge: Knowledge) -> Iterator[Stated]:
    for name, hits in found.hits.items():
        if not name.startswith("claim:"):
            continue
        _, fact, kind, *number = name.split(":")
        if kind not in ("right", "wrong", "slot") or not _on_topic(findings, fact):
            continue
        for hit in hits:
            if kind == "right" and not guards.negated(found, hit):
                yield Stated(fact, "supported", found, hit)
            elif kind != "right" and not guards.in_sentence(found, f"claim:{fact}:unless", hit.sentence):
                verdict: Verdict | Literal["once"] = "contradicted"
                if kind == "slot" and hit.quantity:
                    slot = matchers()[fact].slots[int(number[0])]
                    verdict = slot.judge(hit.quantity.value)
                    if verdict == "once" and _outdated(slot, found.part, hit.quantity, text, knowledge.fact(fact)):
                        verdict = "contradicted"
                if verdict in ("supported", "contradicted"):
                    yield Stated(
                        fact, "supported" if verdict == "supported" else "contradicted", found, hit, hit.quantity
                    )


def _figures(found: Found, day: date, knowledge: Knowledge) -> Iterator[Stated]:
    """What the numbers of the facts say; a value the matchers know as right, or as right once, is not held against anybody."""
    for figure in figures.found(found.part, day, knowledge):
        fact, hit = figure.fact.id, figure.hit
        quantity = hit.quantity
        if quantity is None or guards.in_sentence(found, f"claim:{fact}:unless", hit.sentence):
            continue
        values = [value for slot in matchers()[fact].slots for value in (*slot.right, *slot.was)]
        if figure.verdict == "supported" or not any(close(quantity.value, value) for value in values):
            yield Stated(fact, figure.verdict, found, hit, quantity)


def _outdated(slot: Slot, part: Part, quantity: Quantity, text: Text, fact: Fact) -> bool:
    """Whether a figure true once is given for a time when it no longer is: the nearest year of its sentence is the fact's
    or later ("từ 1/7/2026 tăng 15%"), or the press or an office gives it as today's after `until`."""
    start, end = part.sentences[part.sentence(quantity.start)]
    years = [
        (abs(start + year.start() - quantity.start), int(year[1])) for year in _YEAR.finditer(part.plain[start:end])
    ]
    first = fact.valid_from
    if years:
        return first is not None and min(years)[1] >= first.year and (text.date or date.max) >= first
    return bool(slot.until and text.kind != "post" and text.date and text.date > slot.until + GRACE)


def _on_topic(findings: Findings, fact: str) -> bool:
    return not matchers()[fact].context or findings.has(f"claim:{fact}:context")


def _claim(stated: Stated, fact: Fact) -> Claim:
    part = stated.found.part
    start, end = part.span(*part.sentences[stated.hit.sentence])
    quote = part.nfc[start:end].strip()[:LONGEST_QUOTE]
    if stated.verdict != "contradicted":
        return Claim(quote, stated.verdict, fact.id, None, fact.legal_basis or None)
    differs = matchers()[fact.id].differs or fact.statement
    if stated.quantity and stated.quantity.unit != "date":
        a, b = part.span(stated.quantity.start, stated.quantity.end)
        differs = f"Bài nêu “{part.nfc[a:b].strip()}”. {differs}"
    return Claim(
        quote,
        "contradicted",
        fact.id,
        differs,
        fact.legal_basis or None,
        _draft(fact, matchers()[fact.id].differs or fact.statement),
    )


def _draft(fact: Fact, right: str) -> str:
    basis = f" (căn cứ: {fact.legal_basis})" if fact.legal_basis else ""
    return f"Thông tin này chưa chính xác. {right}{basis} Mong quý vị kiểm tra tại baohiemxahoi.gov.vn hoặc tổng đài 1900.9068."
