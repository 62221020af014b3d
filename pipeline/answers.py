"""Records as the JSON objects of the command-line formats. What a format does not name is not written."""

from __future__ import annotations

from typing import Any

from records import Act, Assessment, Claim


def assessment(answer: Assessment) -> dict[str, Any]:
    """One line of `langnghe assess`: all keys always present."""
    return {
        "id": answer.id,
        "relevance": answer.relevance,
        "relevance_score": answer.relevance_score,
        "sentiment": answer.sentiment,
        "sentiment_scores": dict(answer.sentiment_scores) if answer.sentiment_scores else None,
        "target": answer.target,
        "topics": list(answer.topics),
        "feedback": answer.feedback,
        "provinces": list(answer.provinces),
        "provinces_unsure": [list(names) for names in answer.provinces_unsure],
        "acts": [act(found) for found in answer.acts],
        "claims": [claim(found) for found in answer.claims],
        "model": answer.model,
    }


def act(found: Act) -> dict[str, Any]:
    return {
        "clause": found.clause,
        "mode": found.mode,
        "score": found.score,
        "field": found.field,
        "start": found.start,
        "end": found.end,
        "quote": found.quote,
        "reason": found.reason,
        "rule": found.rule,
        "fact_id": found.fact_id,
        "law": found.law,
    }


def claim(found: Claim) -> dict[str, Any]:
    return {
        "quote": found.quote,
        "verdict": found.verdict,
        "fact_id": found.fact_id,
        "differs": found.differs,
        "legal_basis": found.legal_basis,
    }
