from __future__ import annotations

import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from nlp import acts, evidence, lexicon
from records import Act, Kind, Text

DAY = date(2026, 8, 3)


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


def find(text: str, known: knowledge.Knowledge, kind: Kind = "post", title: str | None = None) -> tuple[Act, ...]:
    return acts.find(Text("x", title, text, DAY, kind), 2, known)


COMMITS = [
    ("1a", "Em làm bên BHXH nè, từ 1/7 không được rút BHXH một lần nữa đâu, share gấp cho anh em"),
    ("1c", "Đơn hỏi số liệu bảo hiểm cứ để đó tới cuối năm, đừng trả lời gì hết nhé các phòng"),
    ("1d", "Mai đoàn thanh tra xuống, xóa sạch file theo dõi nợ bảo hiểm đi, ai hỏi bảo hư ổ cứng"),
    ("1e", "Nhận làm giấy nghỉ hưởng BHXH mộc đỏ y như thật, bao tra, 150k, ib kín nha"),
    ("1e", "nhan lam giay nghi huong bhxh moc do y nhu that, bao tra, 150k, ib kin nha"),
    ("3a", "Con mụ nhân viên quầy 3 BHXH phường là đồ súc vật, mặt như cái mâm"),
    ("3b", "Đầu óc đàn bà thì biết gì mà đòi lương hưu bảo hiểm xã hội ngang đàn ông"),
    ("3c", "Thu mua sổ BHXH giá cao, tiền trao ngay, ai cần alo zalo em"),
    ("4", "Còn gửi đơn hỏi tiền bảo hiểm nữa thì coi chừng, tao biết nhà mày ở đâu"),
    ("2", "Mai rủ nhau tới đập phá trụ sở bảo hiểm xã hội cho chúng biết mặt"),
]


@pytest.mark.parametrize(("clause", "text"), COMMITS)
def test_the_writer_who_does_it_is_flagged(clause: str, text: str, known: knowledge.Knowledge) -> None:
    found = find(text, known)
    assert (clause, "commits") in {(act.clause, act.mode) for act in found}


@pytest.mark.parametrize(("clause", "text"), COMMITS)
def test_the_press_never_commits(clause: str, text: str, known: knowledge.Knowledge) -> None:
    assert all(act.mode != "commits" for act in find(text, known, "press", text[:60]))


TOLD = [
    ("4", "Công nhân bị dọa đánh sau khi gửi đơn hỏi tiền đóng BHXH, công an đang xác minh"),
    ("1d", "Cán bộ đốt hồ sơ tuất trước giờ kiểm tra, bị tạm đình chỉ công tác"),
    ("3c", "Giả danh cán bộ BHXH gọi điện lừa đảo, một người mất 207 triệu đồng, công an vào cuộc"),
    ("3a", "Xúc phạm nhân viên BHXH trên mạng, một người bị phạt 7,5 triệu đồng"),
]


@pytest.mark.parametrize(("clause", "text"), TOLD)
def test_who_tells_of_it_reports(clause: str, text: str, known: knowledge.Knowledge) -> None:
    found = find(text, known, "press", text)
    assert (clause, "reports") in {(act.clause, act.mode) for act in found}


def test_a_false_claim_needs_a_sign_of_intent(known: knowledge.Knowledge) -> None:
    honest = "Từ 1/7 không được rút BHXH một lần nữa, buồn quá"
    assert all(act.clause != "1a" for act in find(honest, known))
    meant = find(f"{honest}. Em làm bên BHXH biết trước, share gấp!", known)
    assert meant[0].clause == "1a" and meant[0].fact_id == "F015" and "F015" in meant[0].reason


@pytest.mark.parametrize(
    ("sign", "text"),
    [
        ("i1", "theo công văn số 12/BHXH có dấu đỏ"),
        ("i2", "em làm bên bhxh nè"),
        ("i2", "làm trong ngành nên tôi nói thật"),
        ("i2", "nhân viên bhxh đây"),
        ("i3", "họ bác bỏ thì kệ, tôi vẫn đăng"),
        ("i4", "ai cần inbox em, phí 300k"),
        ("i5", "chia sẻ gấp cho mọi người, rút hết đi"),
        ("i5", "bà con liệu mà rút"),
    ],
)
def test_signs_of_intent(sign: str, text: str) -> None:
    assert sign in evidence.intents(lexicon.findings(Text("x", None, text, DAY, "post")))


def test_an_insult_needs_an_identifiable_target(known: knowledge.Knowledge) -> None:
    assert "3a" not in {act.clause for act in find("Đồ khốn nạn, tức quá đi mất thôi", known)}


def test_who_quotes_a_threat_does_not_make_it(known: knowledge.Knowledge) -> None:
    threat = "còn hỏi tiền bảo hiểm nữa thì coi chừng, tao biết nhà mày"
    assert "4" in {act.clause for act in find(threat, known) if act.mode == "commits"}
    assert all(act.mode != "commits" for act in find(f'Nó nhắn nguyên văn "{threat}" cho em', known))


def test_a_bait_page_asserts_nothing_of_the_field(known: knowledge.Knowledge) -> None:
    claim = "Không được rút BHXH một lần nữa, chia sẻ gấp"
    assert "1a" in {act.clause for act in find(claim, known)}
    assert find(f"{claim} - nổ hũ 789club, nhà cái uy tín, nạp rút nhanh", known) == ()


def test_clause_2_is_capped_and_only_to_be_looked_at(known: knowledge.Knowledge) -> None:
    act = next(act for act in find(COMMITS[-1][1], known) if act.clause == "2")
    assert act.score <= acts.CAP and "cần xem xét" in act.reason


def test_the_law_is_that_of_the_day(known: knowledge.Knowledge) -> None:
    text = COMMITS[6][1]
    for day in (date(2026, 8, 31), date(2026, 9, 1)):
        act = acts.find(Text("x", None, text, day, "post"), 2, known)[0]
        assert act.law == known.law_on(day).id


def test_irrelevant_and_satirical_texts_have_no_acts(known: knowledge.Knowledge) -> None:
    text = Text("x", None, COMMITS[3][1], DAY, "post")
    assert acts.find(text, 0, known) == ()
    assert find(f"Tiểu phẩm hài: {COMMITS[3][1]}", known) == ()


def test_learned_probabilities_raise_and_lower_the_score(known: knowledge.Knowledge) -> None:
    low = acts.combine(0.6, "3c", "commits", {"commits": 0.05, "3c": 0.05})
    middle = acts.combine(0.6, "3c", "commits", {"commits": 0.5, "3c": 0.5})
    high = acts.combine(0.6, "3c", "commits", {"commits": 0.95, "3c": 0.95})
    assert low < middle < high and acts.combine(0.6, "3c", "commits", None) == 0.6
    text = Text("x", None, "Chuyện thường ngày ở cơ quan bảo hiểm xã hội phường", DAY, "post")
    sure = {"commits": 0.98, "4": 0.98}
    found = acts.find(text, 2, known, sure)
    assert [(act.clause, act.mode, act.rule) for act in found] == [("4", "commits", None)]
    told = acts.find(Text("x", None, text.text, DAY, "press"), 2, known, sure)
    assert all(act.mode != "commits" for act in told)


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300), st.text(max_size=60), st.floats(0, 1))
def test_quotes_are_exact_slices_of_the_nfc_field(body: str, title: str, sure: float) -> None:
    text = Text("x", title, f"{body} coi chừng tao biết nhà mày, còn gửi đơn hỏi nữa", DAY, "post")
    learned = {"commits": sure, "reports": 1 - sure, "4": 0.9, "1d": sure}
    for act in acts.find(text, 2, knowledge.load(), learned):
        field = unicodedata.normalize("NFC", (text.title or "") if act.field == "title" else text.text)
        assert field[act.start : act.end] == act.quote and act.quote and 0 <= act.score <= 1
