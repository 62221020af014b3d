from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from nlp import claims, lexicon, matchers
from records import BadKnowledge, Claim, Kind, Text

DAY = date(2026, 8, 3)


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


def check(
    text: str, known: knowledge.Knowledge, day: date | None = DAY, kind: Kind = "post", title: str | None = None
) -> tuple[Claim, ...]:
    return claims.check(Text("x", title, text, day, kind), known)


WRONG = [
    ("F015", "Từ 1/7 này không được rút BHXH một lần nữa đâu, ai đóng trước cũng mất quyền", "post"),
    ("F015", "tu 1/7 nay khong duoc rut bhxh 1 lan nua dau, ai dong truoc cung mat quyen", "post"),
    ("F006", "Lương hưu tăng 30% từ 1/7/2026 rồi, chia sẻ cho các cụ biết", "post"),
    ("F065", "Từ tháng này BHYT tăng lên 6% lương thay cho 4,5%", "post"),
    ("F042", "Chốt lương cơ sở 3 triệu đồng từ 1/7/2026", "press"),
    ("F082", "BHXH Việt Nam bị giải thể rồi, sổ cũ hết giá trị, phải làm lại sổ", "post"),
    ("F023", "Bán sổ BHXH là hợp pháp, luật không cấm, ai cần alo", "post"),
    ("F072", "Từ sang năm BHYT không chi trả phẫu thuật, ung thư nữa", "post"),
    ("F034", "Nhà nước cắt hết hỗ trợ đóng BHXH tự nguyện rồi nha", "post"),
]


@pytest.mark.parametrize(("fact", "text", "kind"), WRONG)
def test_a_known_variant_contradicts_its_fact(fact: str, text: str, kind: Kind, known: knowledge.Knowledge) -> None:
    found = {claim.fact_id: claim for claim in check(text, known, kind=kind) if claim.verdict == "contradicted"}
    assert fact in found
    claim = found[fact]
    assert claim.differs and claim.quote and claim.quote in unicodedata.normalize("NFC", text)
    assert claim.draft and len(claim.draft) < 600


RIGHT = [
    ("F006", "Từ 01/7/2026 lương hưu tăng thêm 8%"),
    ("F042", "Lương cơ sở là 2.530.000 đồng/tháng từ 1/7/2026"),
    ("F015", "Người đóng trước 1/7/2025 vẫn được rút BHXH một lần"),
    ("F065", "6% là mức trần thôi, hiện vẫn thu 4,5% BHYT"),
]


@pytest.mark.parametrize(("fact", "text"), RIGHT)
def test_a_right_statement_supports_its_fact(fact: str, text: str, known: knowledge.Knowledge) -> None:
    found = {claim.fact_id: claim.verdict for claim in check(text, known)}
    assert found.get(fact) == "supported" and "contradicted" not in found.values()


def test_the_number_that_differs_is_named(known: knowledge.Knowledge) -> None:
    claim = check("Lương cơ sở lên 3 triệu đồng từ 1/7/2026 nha bà con, chia sẻ gấp", known)[0]
    assert claim.differs is not None and "2.530.000" in claim.differs


def test_a_fact_is_not_held_against_a_text_of_before_it(known: knowledge.Knowledge) -> None:
    text = "Lương cơ sở lên 3 triệu đồng, chia sẻ gấp cho mọi người"
    assert all(claim.verdict != "contradicted" for claim in check(text, known, date(2019, 3, 1)))


def test_every_fact_has_a_matcher_and_every_matcher_a_fact(known: knowledge.Knowledge) -> None:
    assert set(matchers.matchers()) == {fact.id for fact in known.facts}


@pytest.mark.parametrize("day", [date(2024, 6, 1), date(2025, 9, 1), date(2026, 8, 3)])
def test_no_statement_of_the_knowledge_contradicts_itself(day: date, known: knowledge.Knowledge) -> None:
    for fact in known.facts:
        found = check(fact.statement, known, day, "official")
        assert all(claim.verdict != "contradicted" or claim.fact_id != fact.id for claim in found), fact.id


@pytest.mark.parametrize(
    "entry",
    [
        {"wrongs": ["a"]},
        {"wrong": ["a"]},
        {"differs": "x", "slots": [{"find": ["<%>"], "right": [1], "low": 5, "high": 2}]},
        {"differs": "x", "slots": [{"find": ["<%>"], "right": [1], "low": 1, "high": 2, "typo": 1}]},
    ],
)
def test_matchers_are_read_strictly(entry: dict[str, object]) -> None:
    with pytest.raises(BadKnowledge, match="F001"):
        matchers._read("F001", entry)


def test_adversarial_text_costs_little(known: knowledge.Knowledge) -> None:
    import time

    for text in ("rút " * 25_000, "không được " * 9_000, "a" * 100_000, "1." * 50_000, "'" * 100_000):
        started = time.process_time()
        check(text, known)
        assert time.process_time() - started < 5


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=400))
def test_any_text_is_checked_and_quotes_are_its_own(text: str) -> None:
    for claim in claims.check(Text("x", None, text, DAY, "post"), knowledge.load()):
        assert claim.quote in unicodedata.normalize("NFC", text)


def test_phrase_files_compile() -> None:
    assert lexicon.phrases() is lexicon.phrases()
