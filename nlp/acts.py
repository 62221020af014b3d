"""Potential prohibited acts of a text: leads for a person, never verdicts.

For each clause the phrases of rules/act_phrases.toml speak for doing it, telling of it or denying it; guards take away; the
learned model (where there is one) raises or lowers the score. 1a and 1b are committed only by a contradicted claim together
with a sign of intent. The press tells of acts: it practically never commits them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from knowledge import Knowledge
from nlp import claims, guards, lexicon, spam
from nlp.evidence import Evidence, evidence, silent
from records import Act, Claim, Clause, Mode, Text

SUREST = 0.99
"""a lead for a person is never certain"""
CAP = 0.6
"""of clause 2 and whatever else only a person may judge"""
MOST = 2
"""acts a text is flagged with; all in the mode of the surest"""
LONGEST_QUOTE = 400


@dataclass(frozen=True, slots=True)
class Voices:
    """How much each voice counts for a mode, on the logit scale: the rules' score, their silence, and the learned
    probabilities of the mode and of the clause. Fitted on out-of-fold answers to the written texts of nlp/corpus."""

    rules: float
    silence: float
    mode: float
    clause: float
    bias: float


VOICES: dict[Mode, Voices] = {
    "commits": Voices(0.77, 1.54, 0.31, 0.83, 0.73),
    "reports": Voices(0.88, 1.01, 0.51, 0.49, -0.66),
    "refutes": Voices(0.45, 1.23, 0.47, 0.56, -0.34),
}
THRESHOLDS: dict[Mode, float] = {"commits": 0.5, "reports": 0.4, "refutes": 0.4}


def find(
    text: Text,
    relevance: int,
    knowledge: Knowledge,
    learned: Mapping[str, float] | None = None,
    checked: tuple[Claim, ...] | None = None,
) -> tuple[Act, ...]:
    """The acts above the threshold, the surest first. `learned`: calibrated probabilities of the modes and clauses;
    `checked`: the claims, where they are known already. Relevance 0 has no acts."""
    findings = lexicon.findings(text)
    if relevance < 1 or not findings.fields or guards.satire(findings):
        return ()
    known = claims.check(text, knowledge) if checked is None else checked
    shown = strongest(evidence(findings, text, known))
    scored = [(combine(item.score, item.clause, item.mode, learned), item) for item in shown.values()]
    if learned:
        scored += [(combine(0.0, item.clause, item.mode, learned), item) for item in silent(findings, text, shown)]
    scored = [(min(score, CAP) if knowledge.act(item.clause).human_only else score, item) for score, item in scored]
    scored = sorted((pair for pair in scored if pair[0] >= THRESHOLDS[pair[1].mode]), key=lambda pair: -pair[0])
    if spam.stuffed(text):  # what a bait page says of the field is bait; that it takes money stands
        scored = [pair for pair in scored if pair[1].clause == "3c"]
    law = knowledge.law_on(text.date or date.max).id
    found: dict[Clause, Act] = {}
    for score, item in scored:
        if item.mode == scored[0][1].mode and len(found) < MOST:
            found.setdefault(item.clause, _act(item, score, law))
    return tuple(found.values())


def strongest(shown: Iterable[Evidence]) -> dict[tuple[Clause, Mode], Evidence]:
    best: dict[tuple[Clause, Mode], Evidence] = {}
    for item in shown:
        known = best.get((item.clause, item.mode))
        if known is None or item.score > known.score:
            best[item.clause, item.mode] = item
    return best


def combine(rule: float, clause: Clause, mode: Mode, learned: Mapping[str, float] | None) -> float:
    """One score of the rules' (0: silent) and the learned model's voices; the rules' own where nothing was learned."""
    if not learned:
        return rule
    voices = VOICES[mode]
    total = voices.bias + (voices.rules * _logit(rule) if rule else -voices.rules - voices.silence)
    total += voices.mode * _logit(learned.get(mode, 0.5)) + voices.clause * _logit(learned.get(clause, 0.5))
    return 1 / (1 + math.exp(-total))


def _logit(p: float) -> float:
    p = min(max(p, 0.02), 0.98)
    return math.log(p / (1 - p))


def _act(item: Evidence, score: float, law: str) -> Act:
    part = item.part
    start, end = part.span(*part.sentences[item.sentence])
    end = min(end, start + LONGEST_QUOTE)
    return Act(
        clause=item.clause,
        mode=item.mode,
        score=round(min(score, SUREST), 3),
        field=part.field,
        start=start,
        end=end,
        quote=part.nfc[start:end],
        reason=item.reason,
        rule=item.rule,
        fact_id=item.fact_id,
        law=law,
    )
