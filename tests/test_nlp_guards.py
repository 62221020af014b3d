from __future__ import annotations

from datetime import date

import pytest

import knowledge
from nlp import acts, claims, guards, lexicon
from nlp.lexicon import Findings
from records import Claim, Kind, Text

DAY = date(2026, 8, 3)
FALSE = "Quỹ BHXH vỡ rồi, hết tiền trả lương hưu"


def findings(text: str, title: str | None = None) -> Findings:
    return lexicon.findings(Text("x", title, text, DAY, "post"))


def contradicted(text: str, kind: Kind = "post", day: date = DAY, title: str | None = None) -> list[Claim]:
    known = knowledge.load()
    return [c for c in claims.check(Text("x", title, text, day, kind), known) if c.verdict == "contradicted"]


def commits(text: str, kind: Kind = "post") -> list[str]:
    known = knowledge.load()
    return [act.clause for act in acts.find(Text("x", None, text, DAY, kind), 2, known) if act.mode == "commits"]


def test_the_bare_claim_is_held_against_the_fact() -> None:
    assert [claim.fact_id for claim in contradicted(f"{FALSE}. Rút hết đi mọi người ơi!")] == ["F078"]


@pytest.mark.parametrize(
    "text",
    [
        "Không có chuyện vỡ quỹ BHXH, hết tiền trả lương hưu",
        "Tin giả: 'quỹ BHXH vỡ rồi, hết tiền trả lương hưu'",
        "BHXH Việt Nam bác bỏ tin quỹ BHXH vỡ rồi",
        "Cảnh báo bài đăng nói quỹ BHXH vỡ rồi, bà con đừng tin",
        "Có phải quỹ BHXH vỡ rồi không mọi người?",
        "Nói đùa thôi nha: quỹ BHXH vỡ rồi, hết tiền trả lương hưu",
        "Nếu cứ nợ thế này thì quỹ BHXH có thể vỡ, hết tiền trả lương hưu",
        "Đại biểu lo ngại nguy cơ vỡ quỹ BHXH, đề nghị cân đối dài hạn",
        "quy bhxh khong vo duoc dau, dung tin",
        "Tin quỹ BHXH vỡ rồi là bịa đặt",
    ],
)
def test_negation_quotation_refutation_question_satire_and_prediction_are_no_claims(text: str) -> None:
    assert contradicted(text) == []


def test_negation_reaches_only_what_follows_it() -> None:
    found = findings("Không có chuyện vỡ quỹ rồi. Vỡ quỹ rồi đấy").fields[0]
    negated = [guards.negated(found, hit) for hit in found.get("claim:F078:wrong")]
    assert negated[0] and not negated[-1]


def test_quotation_marks_must_close_around_the_hit() -> None:
    inside = findings("Họ viết 'vỡ quỹ rồi' trên mạng").fields[0]
    outside = findings("Họ 'biết' vỡ quỹ rồi").fields[0]
    name = "claim:F078:wrong"
    assert guards.quoted(inside.part, inside.get(name)[0]) and not guards.quoted(outside.part, outside.get(name)[0])


@pytest.mark.parametrize(
    "text",
    [
        "Tuyệt đối không cung cấp hồ sơ này vì thuộc bí mật nhà nước",
        "Không cho xem bệnh án vì là đời sống riêng tư của người khác",
        "Từ chối cung cấp theo điều 6 Luật Tiếp cận thông tin, đã nêu rõ lý do từ chối",
    ],
)
def test_a_lawful_refusal_is_no_act(text: str) -> None:
    assert guards.lawful_refusal(findings(text)) and "1c" not in commits(text, "official")


def test_papers_past_their_time_and_floods_are_no_destruction() -> None:
    lawful = "Hủy hết 412 tập chứng từ BHXH đã hết thời hạn bảo quản, có đại diện giám sát"
    assert guards.lawful_destruction(findings(lawful)) and commits(lawful, "official") == []
    assert guards.lawful_destruction(findings("Lũ tràn vào kho, hồ sơ BHXH bị ướt"))


@pytest.mark.parametrize(
    "text",
    [
        "Tôi sẽ kiện công ty và tố cáo lên thanh tra vì nợ bảo hiểm của chúng tôi, vô trách nhiệm quá!",
        "Đề nghị lãnh đạo BHXH chấn chỉnh, hẹn ba lần không trả hồ sơ, bực không chịu nổi",
        "Chúng tôi 215 công nhân ký đơn kiến nghị sửa quy định, tập trung ôn hòa trước nhà văn hóa",
        "Chính sách gì mà bất công, đóng hai chục năm nhận chưa tới triệu rưỡi, tôi thấy không đáng",
        "Vl bhxh làm việc, hẹn 3 lần lỡ cả 3, chán",
        "Theo số liệu báo cáo, số người rút BHXH một lần năm qua giảm 26%",
    ],
)
def test_complaint_lawsuit_petition_opinion_aimless_anger_and_statistics_are_no_acts(text: str) -> None:
    assert commits(text) == [] and contradicted(text) == []


def test_figures_true_at_an_earlier_date_are_not_held_against_anybody() -> None:
    assert contradicted("Từ 1/7/2024 lương hưu tăng 15%", day=date(2024, 7, 10)) == []
    assert contradicted("Lương cơ sở là 2.340.000 đồng", day=date(2025, 3, 1)) == []
    assert contradicted("Tháng 7/2017 lương cơ sở tăng lên 1.300.000 đồng", "press", date(2026, 8, 1)) == []


@pytest.mark.parametrize(
    "text",
    [
        "4.240 chủ hộ kinh doanh bị thu sai BHXH suốt gần hai mươi năm, đến nay chưa ai xin lỗi",
        "BHXH Việt Nam thừa nhận nhiều tài khoản bị lộ lọt, người dân lo lắng",
        "hon bon nghin chu ho bi thu sai bhxh bat buoc, lam sai phai chiu trach nhiem",
    ],
)
def test_the_two_true_events_are_never_called_false(text: str) -> None:
    assert contradicted(text) == [] and contradicted(text, "press") == [] and commits(text) == []


def test_who_knows_it_is_denied_and_says_it_anyway_is_not_refuting() -> None:
    text = "Họ bác bỏ mấy lần rồi, kệ họ, tôi vẫn nói: quỹ BHXH vỡ rồi"
    assert guards.defiant(findings(text)) and guards.refutation(findings(text)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "Cần tiền gấp, có nên cầm sổ bhxh?",
        "em nghi viec duoc 3 thang thi co lanh that nghiep duoc khong a",
        "Sổ BHXH của mình đóng 7 năm, bán đi thì có bị phạt không mọi người",
        "Có anh hỏi mua sổ BHXH của vợ em giá 9 triệu. Giao cho họ liệu có phạm luật gì không ạ?",
    ],
)
def test_who_asks_for_advice_is_seeking(text: str) -> None:
    assert guards.seeking(lexicon.findings(Text("q", None, text, None, "post")))


@pytest.mark.parametrize(
    "text",
    [
        "Ai cần bán sổ BHXH không? Nhắn Zalo 09xx.xxx.x12 em mua giá cao.",
        "Chưa đủ 20 năm thì không có lương hưu, nói mãi không nghe.",
        "Bán sổ BHXH có bị phạt không? Em mua giá 9 triệu, Zalo 09xx.xxx.x12, ai còn sổ không?",
    ],
)
def test_who_offers_or_states_is_not_seeking(text: str) -> None:
    assert not guards.seeking(lexicon.findings(Text("q", None, text, None, "post")))


@pytest.mark.parametrize(
    "words",
    [
        "Trời ơi em lỡ chuyển 500k với gửi ảnh căn cước rồi, giờ gọi nó không nghe máy nữa",
        "em trot chuyen tien giu so bhxh cho no roi gio nhan tin khong tra loi",
    ],
)
def test_a_victim_s_story_is_the_victim_s(words: str) -> None:
    assert guards.victim(lexicon.findings(Text("1", None, words, date(2026, 9, 13), "post")))


def test_who_passes_a_notice_on_to_ask_is_doubting_it() -> None:
    notice = "Nhóm em chuyền công văn bảo trước 31/8 không quét mã thì khóa thẻ BHYT."
    assert guards.doubting(findings(f"{notice} Có thật không ạ?"))
    assert not guards.doubting(findings(notice))
    assert not guards.doubting(findings(f"{notice} Ai cần quét hộ thì inbox em không ạ?"))


def test_a_seller_is_no_victim() -> None:
    words = "Bên em thu mua sổ BHXH giá cao, giải ngân trong ngày, ib em báo giá"
    assert not guards.victim(lexicon.findings(Text("1", None, words, date(2026, 9, 13), "post")))
