"""Potential prohibited acts of a text: leads for a person, never verdicts.

For each clause the phrases of rules/act_phrases.toml speak for doing it, telling of it or denying it; guards take away; the
learned model (where there is one) raises or lowers the score. 1a and 1b are committed only by a contradicted claim together
with a sign of intent. The press tells of acts: it practically never commits them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from knowledge import Knowledge
from nlp import claims, guards, lexicon
from nlp.evidence import Evidence, evidence
from records import Act, Claim, Clause, Mode, Text

THRESHOLD = 0.5
CAP = 0.6
"""of clause 2 and whatever else only a person may judge"""
RULES, LEARNED_MODE, LEARNED_CLAUSE = 0.9, 0.55, 0.35
"""weights of the three voices on the logit scale"""
LONGEST_QUOTE = 400


def find(
    text: Text,
    relevance: int,
    knowledge: Knowledge,
    learned: Mapping[str, float] | None = None,
    checked: tuple[Claim, ...] | None = None,
) -> tuple[Act, ...]:
    """The acts above the threshold, the surest first. `learned`: calibrated probabilities of the modes and clauses;
    `checked`: the claims, where they are known already. Relevance 0 has no acts."""
    if relevance < 1:
        return ()
    findings = lexicon.findings(text)
    if guards.satire(findings):
        return ()
    law = knowledge.law_on(text.date or date.max).id
    known = claims.check(text, knowledge) if checked is None else checked
    found = []
    for item in evidence(findings, text, known):
        score = combine(item.score, item.clause, item.mode, learned)
        if knowledge.act(item.clause).human_only:
            score = min(score, CAP)
        if score >= THRESHOLD:
            found.append(_act(item, score, law))
    return tuple(sorted(found, key=lambda act: -act.score))


def combine(rule: float, clause: Clause, mode: Mode, learned: Mapping[str, float] | None) -> float:
    """One score of the rules' and the learned model's voices, on the logit scale."""
    if not learned:
        return rule
    total = RULES * _logit(rule)
    total += LEARNED_MODE * _logit(learned.get(mode, 0.5)) + LEARNED_CLAUSE * _logit(learned.get(clause, 0.5))
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
        score=round(score, 3),
        field=part.field,
        start=start,
        end=end,
        quote=part.nfc[start:end],
        reason=item.reason,
        rule=item.rule,
        fact_id=item.fact_id,
        law=law,
    )
