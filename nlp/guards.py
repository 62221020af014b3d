"""The guard list as code: what keeps a stretch of text from being its writer's own assertion or act.

Each function answers one question about a text already scanned (nlp/lexicon.py); the phrases stand in rules/guards.toml.
None of them says that something is an offence; they only say what it is not.
"""

from __future__ import annotations

import re

from nlp.lexicon import Findings, Found
from nlp.phrases import Hit
from nlp.reading import Part

_QUOTES = (("'", "'"), ('"', '"'), ("“", "”"), ("‘", "’"), ("«", "»"))
_ASKING_END = re.compile(
    r" (?:co|duoc|phai|bi|nen|con|dung|that|da) (?:[^ ]+ ){0,12}(?:khong|chua)"
    r"(?: (?:a|vay|the|nhi|ha|mn|moi nguoi|cac bac|ca nha|anh chi|ad|z|bac|chi|anh))* (?:[.!)] )*$"
)
LONG, NEAR = 90, 1
"""tokens from which a text is an article with a body, where a guard in the body speaks for so many sentences
before and after it: every long article has a "cho biết" somewhere"""
_CLOSE = 14
"""code points of `plain` between a negation and what it negates ("không hề có chuyện |")"""


def sentences(part: Part, hit: Hit) -> range:
    """Numbers of the sentences a hit touches."""
    return range(hit.sentence, part.sentence(max(hit.end - 1, hit.start)) + 1)


def in_sentence(found: Found, name: str, number: int, near: int = 0) -> bool:
    """Whether a phrase of the list stands in the sentence or in one at most `near` away."""
    return any(abs(hit.sentence - number) <= near for hit in found.get(name))


def negated(found: Found, hit: Hit) -> bool:
    """ "không có chuyện [vỡ quỹ]": a negation right before the hit, in its sentence."""
    return any(
        0 <= hit.start - word.end <= _CLOSE and word.sentence == hit.sentence for word in found.get("guard:negation")
    )


def quoted(part: Part, hit: Hit) -> bool:
    """Whether the hit lies wholly within quotation marks that close in the same paragraph."""
    start, end = part.span(hit.start, hit.end)
    paragraph = part.nfc.rfind("\n", 0, start) + 1
    closing = part.nfc.find("\n", end)
    after = part.nfc[end : closing if closing >= 0 else len(part.nfc)]
    before = part.nfc[paragraph:start]
    for left, right in _QUOTES:
        if right not in after:
            continue
        opened = before.count(left) - (0 if left == right else before.count(right))
        if opened % 2 if left == right else opened > 0:
            return True
    return False


def asked(found: Found, number: int) -> bool:
    """A question: by its mark, by its words or by its end ("…duoc khong a")."""
    start, end = found.part.sentences[number]
    plain = found.part.plain[start:end]
    worded = in_sentence(found, "guard:question", number) and not in_sentence(found, "guard:whatever", number)
    return "?" in plain or worded or bool(_ASKING_END.search(plain))


def seeking(findings: Findings) -> bool:
    """Asks and offers nothing ("có nên cầm sổ không?"): its title or last sentence is a question, and contact, demand or a
    call to spread stand nowhere, or only within a question for advice."""
    offers = [
        (found, hit)
        for found in findings.fields
        for sign in ("i4", "i5", "1e_demand")
        for hit in found.get(f"act:{sign}")
    ]
    if any(not in_sentence(found, "guard:advice", hit.sentence) for found, hit in offers):
        return False
    return any(asked(found, len(found.part.sentences) - 1) for found in findings.fields)


def doubting(findings: Findings) -> bool:
    """Ends in a question and wants no contact: what it tells of codes and deadlines is what somebody asked of its writer."""
    last = findings.fields[-1]
    return asked(last, len(last.part.sentences) - 1) and not findings.has("act:i4")


def victim(findings: Findings) -> bool:
    """The writer tells in the first person how they were taken in: more than one sign of it."""
    return findings.count("guard:victim") > 1


def answering(findings: Findings) -> bool:
    """A page of questions and answers, which quotes what people think; not one that wants contact or codes."""
    return findings.has("guard:answering") and not (findings.has("act:i4") or findings.has("act:1e_demand"))


def unsure(found: Found, number: int) -> bool:
    """A prediction, a proposal, an opinion or a condition."""
    return in_sentence(found, "guard:unsure", number)


def worried(found: Found, number: int) -> bool:
    """A fear of what may come ("tôi lo sau này quỹ hết tiền")."""
    return in_sentence(found, "guard:worry", number)


def attributed(found: Found, number: int) -> bool:
    """Put into somebody else's mouth."""
    return in_sentence(found, "guard:attributed", number)


def refutation(findings: Findings, near: tuple[Found, int] | None = None) -> int:
    """How many refuting phrases stand in the text, beside those a defiant writer turns round ("đừng nghe báo đài").
    `near`: a sentence; of a long text only what stands near it counts."""
    count = 0
    for found in findings.fields:
        defiant = [(hit.start, hit.end) for hit in found.get("act:i3")]
        for hit in found.get("guard:refutation"):
            count += speaks(findings, found, hit, near) and not any(a <= hit.start < b for a, b in defiant)
    return count


def speaks(findings: Findings, found: Found, hit: Hit, near: tuple[Found, int] | None) -> bool:
    """Whether a guard's hit speaks for the sentence `near`: always in a short text and from a headline; in the body of a
    long one from nearby only."""
    if near is None or found.part.field == "title" or length(findings) <= LONG:
        return True
    place, number = near
    return found is place and abs(hit.sentence - number) <= NEAR


def length(findings: Findings) -> int:
    """Tokens of a text."""
    return sum(len(found.part.tokens) for found in findings.fields)


def satire(findings: Findings) -> bool:
    """Marked as satire by its own words."""
    return findings.has("guard:satire")


def lawful_refusal(findings: Findings) -> bool:
    """Refused on a ground of articles 6, 7 or 28: state secret, private life, not its task, already public."""
    return findings.has("guard:lawful_refusal")


def lawful_destruction(findings: Findings) -> bool:
    """Papers past their time destroyed by the rules, or lost to flood and fire."""
    return findings.has("guard:lawful_destruction")


def own_right(findings: Findings) -> bool:
    """A citizen's complaint, petition, denunciation or lawsuit, or a speech in parliament."""
    return findings.has("guard:complaint") or findings.has("guard:parliament")


def defiant(findings: Findings) -> bool:
    """The writer knows it is denied and says it all the same ("bác bỏ mấy lần rồi, tôi vẫn nói")."""
    return findings.has("act:i3")


def retold(findings: Findings, reporter: bool, near: tuple[Found, int] | None = None) -> bool:
    """A story about somebody who spread or believed it: said so, or told by a reporter with police, fines and witnesses."""

    def count(name: str) -> int:
        return sum(speaks(findings, found, hit, near) for found in findings.fields for hit in found.get(name))

    return count("act:1a_reports") > 0 or (reporter and count("guard:report") >= 2)


def may_assert(findings: Findings) -> bool:
    """Whether a text can assert anything wrong at all: neither satire nor a plain denial (but see `defiant` and `urging`)."""
    return not satire(findings) and (defiant(findings) or urging(findings) or not findings.has("guard:denial"))


def urging(findings: Findings) -> bool:
    """Waves the deniers away and calls on everybody to act: "đừng nghe họ nói … đi rút hết ngay, chia sẻ gấp". Who
    denies a rumour calls on nobody to do what it says."""
    denied = [found.part.plain[hit.start : hit.end] for found in findings.fields for hit in found.get("guard:denial")]
    return findings.count("act:i5") > 1 and findings.has("act:i1") and all("nghe" in words for words in denied)


def asserted(findings: Findings, found: Found, hit: Hit, reporter: bool) -> bool:
    """Whether the writer states the hit as true. A reporter's "ông A nói" is not his own word; a neighbour who passes
    on what he heard believes it, unless something in his text denies it."""
    if satire(findings) or negated(found, hit):
        return False
    touched = sentences(found.part, hit)
    if any(asked(found, n) for n in touched):
        return False
    if defiant(findings):
        return True
    near = found, hit.sentence
    if (
        retold(findings, reporter, near)
        or quoted(found.part, hit)
        or refutation(findings, near)
        or any(unsure(found, n) or worried(found, n) for n in touched)
    ):
        return False
    return not reporter or not any(attributed(found, n) for n in touched)
