"""What speaks for each act in a text: which clause, which mode, how strongly, and where.

Phrases alone do not count: each clause says what must stand together. The weights are few: FIRST for a phrase that says it
plainly, MORE for each further one, FRAME for words that say who is speaking (police, victim, denial).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import get_args

from nlp import guards
from nlp.lexicon import Findings
from nlp.phrases import Hit
from nlp.reading import Part
from records import Claim, Clause, Mode, Text

FIRST, MORE, FRAME = 0.55, 0.12, 0.12
MOST = 0.95
CLAUSES: tuple[Clause, ...] = ("1b", "1c", "1d", "1e", "2", "3a", "3b", "3c", "4")


@dataclass(frozen=True, slots=True)
class Evidence:
    clause: Clause
    mode: Mode
    score: float
    part: Part
    sentence: int
    rule: str | None
    reason: str
    fact_id: str | None = None


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: counts of the framing words of a text."""

    press: bool
    official: bool
    report: int
    victim: int
    refuting: int
    asking: bool


def evidence(findings: Findings, text: Text, claims: tuple[Claim, ...]) -> Iterator[Evidence]:
    """Whatever speaks for an act, in every mode; who reads it chooses one mode a clause."""
    voice = Voice(
        text.kind == "press",
        text.kind == "official",
        findings.count("guard:report"),
        findings.count("guard:victim"),
        guards.refutation(findings),
        findings.has("guard:question"),
    )
    false = next((claim for claim in claims if claim.verdict == "contradicted"), None)
    yield from _false_claim(findings, voice, false)
    for clause in CLAUSES:
        found = (
            _commits(findings, clause, voice),
            _told(findings, clause, voice, "reports"),
            _told(findings, clause, voice, "refutes"),
        )
        yield from (item for item in found if item)


def silent(findings: Findings, text: Text, shown: Container[tuple[Clause, Mode]]) -> Iterator[Evidence]:
    """What the rules say nothing of, for a learned model to speak for: quoted is the sentence with the most findings.
    1a and 1b are never committed without a wrong claim; the press, a victim and who asks for advice commit nothing; who
    asks about a notice or an offer has not made it."""
    part, sentence = _fullest(findings)
    harmless = text.kind == "press" or guards.seeking(findings) or guards.answering(findings)
    harmless = harmless or guards.victim(findings)
    doubting = guards.doubting(findings)
    for clause in get_args(Clause):
        for mode, reasons in REASONS.items():
            barred = mode == "commits" and (harmless or clause == "1a" or (clause in ("1e", "3c") and doubting))
            if not barred and (clause, mode) not in shown:
                yield Evidence(clause, mode, 0.0, part, sentence, None, f"{reasons[clause]} (theo mô hình học máy)")


def _fullest(findings: Findings) -> tuple[Part, int]:
    counts: Counter[tuple[int, int]] = Counter()
    for number, found in enumerate(findings.fields):
        for name, hits in found.hits.items():
            counts.update((number, hit.sentence) for hit in hits if name.startswith("act:"))
    (number, sentence), _ = counts.most_common(1)[0] if counts else ((len(findings.fields) - 1, 0), 0)
    return findings.fields[number].part, sentence


# ---------------------------------------------------------------- 1a

INTENT = {
    "i1": "viện dẫn văn bản, con dấu hoặc lời nói của cơ quan",
    "i2": "nói với tư cách cơ quan, cán bộ, đại lý hoặc người trong ngành",
    "i3": "nhắc lại dù biết đã bị bác bỏ",
    "i4": "nhằm bán dịch vụ, thu tiền, thu giấy tờ hoặc xin liên hệ",
    "i5": "kêu gọi lan truyền hoặc làm theo hàng loạt",
}


def intents(findings: Findings) -> tuple[str, ...]:
    """The signs of intent a text shows, "i1" to "i5"."""
    return tuple(sign for sign in INTENT if findings.has(f"act:{sign}"))


def _false_claim(findings: Findings, voice: Voice, false: Claim | None) -> Iterator[Evidence]:
    told = _told(findings, "1a", voice, "reports"), _told(findings, "1a", voice, "refutes")
    yield from (item for item in told if item)
    if false is None:
        return
    signs = intents(findings) or (("i2",) if voice.official else ())
    if voice.press or not signs or (voice.official and guards.answering(findings)):
        return
    part, number = _place(findings, false.quote)
    why = "; ".join(INTENT[sign] for sign in signs)
    reason = f"Nêu điều trái với {false.fact_id} ({false.differs}) và có dấu hiệu cố ý: {why}."
    yield Evidence(
        "1a", "commits", min(0.7 + 0.1 * len(signs), MOST), part, number, f"1a.{'+'.join(signs)}", reason, false.fact_id
    )


def _place(findings: Findings, quote: str) -> tuple[Part, int]:
    for found in findings.fields:
        for number, (start, end) in enumerate(found.part.sentences):
            a, b = found.part.span(start, end)
            if found.part.nfc[a:b].strip().startswith(quote):
                return found.part, number
    part = findings.fields[-1].part
    return part, 0


# ---------------------------------------------------------------- the other clauses


def _commits(findings: Findings, clause: Clause, voice: Voice) -> Evidence | None:
    if voice.press:
        return None
    hits = _doing(findings, clause)
    if not hits:
        return None
    score = FIRST + MORE * (len(hits) - 1)
    if clause == "3a":
        score += FRAME
    score -= FRAME * min(voice.victim, 3) + FRAME * min(voice.report, 2) * 0.5 + FRAME * min(voice.refuting, 3)
    score -= FRAME if voice.asking else 0
    part, hit = hits[0]
    return Evidence(clause, "commits", min(score, MOST), part, hit.sentence, f"{clause}.commits", COMMITS[clause])


def _doing(findings: Findings, clause: Clause) -> list[tuple[Part, Hit]]:
    """Where the text does the act, all conditions of the clause met."""
    own = [(found, hit) for found in findings.fields for hit in found.get(f"act:{clause}_commits")]
    hits = [
        (found.part, hit) for found, hit in own if not guards.negated(found, hit) and not guards.quoted(found.part, hit)
    ]
    if clause in ("1e", "3c") and guards.seeking(findings):
        return []
    if clause == "1c" and guards.lawful_refusal(findings):
        return []
    if clause == "1d" and guards.lawful_destruction(findings):
        return []
    if clause == "1e" and not hits:
        notice, demand = list(findings.all("act:1e_notice")), list(findings.all("act:1e_demand"))
        hits = notice if notice and demand and not findings.has("act:3c_warns") else []
    if clause == "3a":
        return _insults(findings)
    if clause == "3c":
        return _swindle(findings)
    if clause == "4":
        return _threats(findings)
    return hits


def _insults(findings: Findings) -> list[tuple[Part, Hit]]:
    """An insult whose target is named in its sentence or the one beside it."""
    return [
        (found.part, hit)
        for found in findings.fields
        for hit in found.get("act:insult")
        if guards.in_sentence(found, "act:target", hit.sentence, near=1) and not guards.negated(found, hit)
    ]


def _swindle(findings: Findings) -> list[tuple[Part, Hit]]:
    """An offer to trade books or a paid service round the rules, or a lure together with a demand."""
    if findings.has("act:3c_warns"):
        return []
    trade = list(findings.all("act:3c_trade"))
    service = list(findings.all("act:3c_service"))
    lure, demand = list(findings.all("act:3c_lure")), list(findings.all("act:1e_demand"))
    invest = list(findings.all("act:3c_invest"))
    contact = findings.has("act:i4")
    return (
        (trade if contact or len(trade) > 1 else [])
        or (service if len(service) > 1 or (service and contact) else [])
        or (lure + demand if lure and demand else [])
        or (invest if len(invest) > 1 and contact else [])
    )


def _threats(findings: Findings) -> list[tuple[Part, Hit]]:
    """A threat beside a request for information, in the writer's own words: who quotes one tells of it."""
    return [
        (found.part, hit)
        for found in findings.fields
        for hit in found.get("act:threat")
        if guards.in_sentence(found, "act:4_request", hit.sentence, near=1) and not guards.quoted(found.part, hit)
    ]


def _told(findings: Findings, clause: Clause, voice: Voice, mode: Mode) -> Evidence | None:
    hits = list(findings.all(f"act:{clause}_{mode}"))
    if not hits:
        return None
    score = FIRST - 0.1 + MORE * 0.7 * min(len(hits) - 1, 3)
    frame = voice.refuting if mode == "refutes" else voice.report + voice.victim
    score += FRAME * min(frame, 3) * (0.8 if mode == "reports" else 1.0)
    score += FRAME * (voice.press or voice.official)
    other = voice.refuting if mode == "reports" else 0
    score -= FRAME * 0.3 * min(other, 3)
    part, hit = hits[0]
    return Evidence(clause, mode, min(score, MOST), part, hit.sentence, f"{clause}.{mode}", REASONS[mode][clause])


COMMITS: dict[Clause, str] = {
    "1a": "Nêu điều trái với dữ kiện và có dấu hiệu cố ý; cần người xác minh.",
    "1b": "Cho thấy chủ ý cung cấp thông tin không đầy đủ; cần người xác minh.",
    "1c": "Cho thấy chủ ý không cung cấp hoặc trì hoãn thông tin mà không nêu căn cứ; cần người xác minh.",
    "1d": "Cho thấy chủ ý hủy hoại hồ sơ, dữ liệu; cần người xác minh.",
    "1e": "Có dấu hiệu làm giả giấy tờ, con dấu, thông báo hoặc trang của cơ quan; cần người xác minh.",
    "2": "Có lời lẽ kêu gọi dùng vũ lực hoặc chống đối; cần xem xét, chỉ người có thẩm quyền kết luận.",
    "3a": "Có từ ngữ xúc phạm nhằm vào người hoặc đơn vị xác định được; cần người xác minh.",
    "3b": "Có lời lẽ kỳ thị về giới; cần người xác minh.",
    "3c": "Có dấu hiệu lừa lấy tiền, lấy thông tin hoặc mua bán sổ BHXH; cần người xác minh.",
    "4": "Có lời đe dọa, cản trở người hỏi hoặc cung cấp thông tin; cần người xác minh.",
}
REPORTS: dict[Clause, str] = {
    "1a": "Thuật lại việc người khác đưa tin sai về BHXH, BHYT.",
    "1b": "Thuật lại việc công khai thông tin không đầy đủ.",
    "1c": "Thuật lại việc chậm hoặc không cung cấp thông tin.",
    "1d": "Thuật lại việc hủy hoại hồ sơ, dữ liệu.",
    "1e": "Thuật lại việc làm giả giấy tờ, con dấu, trang hoặc ứng dụng của cơ quan.",
    "2": "Thuật lại việc kích động chống đối hoặc bạo lực; cần xem xét.",
    "3a": "Thuật lại việc xúc phạm người hoặc đơn vị.",
    "3b": "Thuật lại việc kỳ thị về giới.",
    "3c": "Thuật lại hoặc cảnh báo việc lừa đảo, mua bán sổ BHXH.",
    "4": "Thuật lại việc đe dọa, trù dập người hỏi hoặc cung cấp thông tin.",
}
REFUTES: dict[Clause, str] = {
    "1a": "Bác bỏ hoặc đính chính thông tin sai về BHXH, BHYT.",
    "1b": "Bác bỏ việc công khai thiếu thông tin.",
    "1c": "Bác bỏ việc chậm hoặc không cung cấp thông tin.",
    "1d": "Bác bỏ việc hủy hoại hồ sơ, dữ liệu.",
    "1e": "Bác bỏ giấy tờ, trang hoặc ứng dụng giả mạo cơ quan.",
    "2": "Bác bỏ việc kích động chống đối hoặc bạo lực; cần xem xét.",
    "3a": "Bác bỏ lời xúc phạm, vu khống.",
    "3b": "Bác bỏ lời lẽ kỳ thị về giới.",
    "3c": "Bác bỏ chiêu lừa hoặc tin đồn gây mất tiền.",
    "4": "Bác bỏ việc đe dọa, trù dập.",
}
REASONS: dict[Mode, dict[Clause, str]] = {"commits": COMMITS, "reports": REPORTS, "refutes": REFUTES}
