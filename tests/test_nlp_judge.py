"""The judgement as others call it: order, gate, empties for what is irrelevant, spans that point, spam."""

from __future__ import annotations

from datetime import date

import pytest

import knowledge
from nlp import judge, margins, relevance, spam
from records import Text

PRESS = Text(
    "p",
    "Thiếu thuốc BHYT, người bệnh phải mua ngoài",
    "Nhiều bệnh nhân bức xúc vì bệnh viện hết thuốc bảo hiểm y tế kéo dài nhiều tháng.",
    date(2026, 3, 1),
)
SPORT = Text("s", "Đội nhà thắng ba bàn", "Khán giả ra về vui vẻ.", date(2026, 3, 1))
HELMET = Text("h", "Đội mũ bảo hiểm sai cách bị phạt", "Cảnh sát giao thông xử phạt người đội mũ bảo hiểm.", None)
QUESTION = Text("q", None, "cho em hoi rut bhxh 1 lan thi can giay to gi a", date(2026, 3, 1), "post")


@pytest.fixture(scope="module")
def judged() -> judge.Judge:
    return judge.load(knowledge.load())


def test_answers_come_in_order_and_irrelevant_ones_are_empty(judged: judge.Judge) -> None:
    found = judged.assess([SPORT, PRESS, HELMET, QUESTION])
    assert [answer.id for answer in found] == ["s", "p", "h", "q"]
    assert [bool(answer.relevance) for answer in found] == [False, True, False, True]
    empty = found[0]
    assert (empty.sentiment, empty.sentiment_scores, empty.target, empty.feedback) == (None, None, None, "none")
    assert not (empty.topics or empty.acts or empty.claims or empty.provinces or empty.spans)


def test_a_complaint_about_drugs_is_understood(judged: judge.Judge) -> None:
    (answer,) = judged.assess([PRESS])
    assert answer.relevance == 2
    assert answer.sentiment == "negative"
    assert answer.topics[0] == "bhyt_thieu_thuoc"
    assert answer.sentiment_scores
    assert sum(answer.sentiment_scores.values()) == pytest.approx(1, abs=1e-3)
    assert not [act for act in answer.acts if act.mode == "commits"]


def test_spans_point_at_words_and_do_not_overlap(judged: judge.Judge) -> None:
    (answer,) = judged.assess([PRESS])
    assert answer.spans
    for task in ("sentiment", "topic"):
        spans = [span for span in answer.spans if span.task == task]
        assert 1 <= len(spans) <= 3
        for span in spans:
            content = (PRESS.title if span.field == "title" else PRESS.text) or ""
            assert content[span.start : span.end].strip() == content[span.start : span.end] != ""
            assert span.weight > 0
    assert any("thuốc" in ((PRESS.title or "") + PRESS.text)[s.start :] for s in answer.spans)


def test_an_answer_does_not_depend_on_its_batch(judged: judge.Judge) -> None:
    alone = judged.assess([PRESS])[0]
    together = judged.assess([QUESTION, SPORT, PRESS])[2]
    assert alone.relevance_score == pytest.approx(together.relevance_score, abs=1e-5)
    assert (alone.sentiment, alone.topics, alone.target) == (together.sentiment, together.topics, together.target)


def test_nothing_breaks_on_odd_input(judged: judge.Judge) -> None:
    odd = [
        Text("e", None, "", None),
        Text("n", "", "\n\n", None, "post"),
        Text("l", "BHXH " * 50, "bảo hiểm " * 5000, None),
    ]
    assert [answer.id for answer in judged.assess(odd)] == ["e", "n", "l"]
    assert judged.assess([]) == []


def test_gate_lets_pass_what_names_the_field_and_posts() -> None:
    assert relevance.passes(Text("1", "Tang luong huu", "", None))
    assert not relevance.passes(SPORT)
    assert relevance.passes(Text("2", None, "45% ở mốc 15 năm là của nữ", None, "post"))
    assert not relevance.passes(Text("3", "Bán hbhxhx", "", None))


def test_gambling_and_loan_pages_stuffed_with_the_field_are_spam() -> None:
    bait = "Tỷ lệ đóng BHXH năm 2026 nhà cái uy tín, tài xỉu, nổ hũ đổi thưởng. Đăng ký BHXH nhận thưởng casino."
    assert spam.stuffed(Text("1", "Mức đóng BHXH mới nhất", bait, None))
    assert not spam.stuffed(PRESS)
    assert not spam.stuffed(
        Text("2", "Công nhân vay nóng vì chậm trợ cấp BHXH", "Chị vay tiền nhanh để sống qua ngày.", None)
    )


def test_a_margin_is_small_where_another_answer_was_near() -> None:
    assert margins.between({"a": 0.5, "b": 0.5}, "a") == 0 and margins.between({"a": 1.0}, "a") == 1
    found = margins.of({"sentiment": ({"x": 0.6, "y": 0.4}, "y")}, {"commits": 0.45, "1a": 0.9}, unsure_place=True)
    assert found == {"sentiment": 0.2, "acts": 0.1, "provinces": 0.0}


def test_every_answer_says_how_sure_it_is(judged: judge.Judge) -> None:
    sport, press, helmet, _ = judged.assess([SPORT, PRESS, HELMET, QUESTION])
    assert {"relevance", "sentiment", "target", "feedback", "topics", "acts"} <= set(press.margins)
    assert all(0 <= margin <= 1 for margin in press.margins.values())
    assert set(helmet.margins) <= {"relevance"} and sport.margins == {}, "what the gate stops was not judged"
