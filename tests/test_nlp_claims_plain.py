"""Plain sentences about many facts, as the press, the offices and people write them: held against the facts by the shipped
judge. Written for this, not taken from any labelled set."""

from __future__ import annotations

from datetime import date

import pytest

import knowledge
from nlp import claims
from records import Claim, Kind, Text

KNOWN = knowledge.load()
NUMBERS: list[tuple[str, Kind, str, str, str]] = [
    ("F004", "press", "2026-09-03", "Cứ mỗi năm nghỉ hưu trước tuổi, người lao động bị giảm {} tỷ lệ hưởng lương hưu.", "3%|2%"),
    ("F006", "press", "2026-07-12", "Từ ngày 1/7/2026, lương hưu được điều chỉnh tăng {} so với mức tháng 6/2026.", "10%|8%"),
    ("F031", "press", "2026-02-11", "Người tham gia BHXH tự nguyện đóng hằng tháng bằng {} mức thu nhập do mình lựa chọn.", "25%|22%"),
    ("F036", "press", "2026-06-29", "BHXH tự nguyện hiện có {} chế độ.", "hai|bốn"),
    ("F038", "press", "2026-07-04", "Người lao động đóng {} tiền lương tháng vào các quỹ BHXH, BHYT, BHTN.", "11,5%|10,5%"),
    ("F039", "press", "2026-09-05", "Tiền lương làm căn cứ đóng BHXH bắt buộc cao nhất bằng {} lần mức tham chiếu.", "36|20"),
    ("F042", "press", "2026-07-10", "Từ 1/7/2026, lương cơ sở chính thức tăng lên {} đồng/tháng.", "2,7 triệu|2,53 triệu"),
    ("F045", "press", "2026-02-24", "Chủ hộ kinh doanh phải đóng BHXH bắt buộc với tỷ lệ {} trên mức thu nhập lựa chọn.", "32%|25%"),
    ("F050", "press", "2026-03-01", "Doanh nghiệp chậm đóng BHXH phải nộp thêm {}/ngày trên số tiền chậm đóng.", "0,05%|0,03%"),
    ("F051", "press", "2026-03-04", "Quá {} ngày kể từ hạn đóng mà doanh nghiệp chưa nộp thì bị coi là trốn đóng BHXH.", "30|60"),
    ("F060", "press", "2026-03-14", "Từ ngày 1/1/2026, người lao động đóng bảo hiểm thất nghiệp bằng {} tiền lương tháng.", "2%|1%"),
    ("F062", "press", "2026-03-16", "Mức trợ cấp thất nghiệp hằng tháng bằng {} bình quân tiền lương đóng BHTN của 6 tháng liền kề.", "75%|60%"),
    ("F066", "press", "2026-08-19", "Từ 1/7/2026, người thứ nhất trong hộ gia đình đóng BHYT {} đồng mỗi tháng.", "126.500|113.850"),
]  # fmt: skip
QUIET: list[tuple[Kind, str, str]] = [
    ("press", "2025-10-20", "Lương cơ sở hiện là 2.340.000 đồng/tháng, mức tham chiếu bằng lương cơ sở."),
    ("press", "2026-03-20", "Người thứ nhất trong hộ gia đình đóng BHYT 105.300 đồng mỗi tháng."),
    ("press", "2026-06-02", "Ngưỡng miễn cùng chi trả của người tham gia BHYT 5 năm liên tục là 14,04 triệu đồng."),
    ("post", "2026-08-13", "BHYT tăng lên 6% thật hả cả nhà?"),
    ("post", "2026-08-18", "Tôi lo sau này quỹ hết tiền, con cháu mình không còn lương hưu."),
    ("press", "2026-08-20", "Bộ Y tế đang nghiên cứu phương án tăng mức đóng BHYT lên 5,1% từ năm 2027."),
    ("press", "2026-08-24", "Công an xử phạt một người đăng tin “BHYT tăng lên 6%” trên Facebook 7,5 triệu đồng."),
    ("press", "2026-09-26", "Lương hưu bình quân của người nghỉ tại tỉnh tăng 12% sau năm năm, theo báo cáo của địa phương."),
    ("press", "2026-09-24", "Tỉnh đặt mục tiêu 97% dân số tham gia BHYT, tăng 5% số người tham gia BHXH tự nguyện trong năm."),
    ("press", "2026-09-20", "Tỉnh hỗ trợ thêm 20% mức đóng BHYT cho hộ cận nghèo, ngoài 70% ngân sách trung ương."),
    ("press", "2026-09-25", "Doanh nghiệp nợ 12 tháng tiền BHXH với số tiền 3,2 tỷ đồng, công nhân không chốt được sổ."),
    ("post", "2026-09-29", "Hơn 4 nghìn chủ hộ bị BHXH thu sai, đóng mười mấy năm rồi bảo không đúng đối tượng."),
    ("post", "2026-09-01", "Người suy giảm khả năng lao động muốn nghỉ hưu trước tuổi phải đóng BHXH bắt buộc đủ 20 năm."),
    ("press", "2026-09-01", "Nghỉ hưu trước tuổi do suy giảm khả năng lao động cần đủ 20 năm đóng BHXH bắt buộc."),
    ("post", "2026-09-01", "Tin nữ đóng đủ 35 năm mới được hưởng 75% là sai, nữ chỉ cần 30 năm thôi."),
    ("post", "2026-09-01", "Không phải ai cũng có lương hưu tối thiểu 3,8 triệu, mốc đó chỉ xét người nghỉ trước năm 1995."),
    ("post", "2026-09-01", "Chậm đóng không phải bị tính 3% một ngày như lời đồn, chỉ 0,03% thôi."),
    ("post", "2026-09-01", "Không phải 20 năm nữa đâu, đóng đủ 15 năm và đủ tuổi là có lương hưu rồi."),
]  # fmt: skip


def check(text: str, day: str, kind: Kind) -> tuple[Claim, ...]:
    return claims.check(Text("x", None, text, date.fromisoformat(day), kind), KNOWN)


@pytest.mark.parametrize(("fact", "kind", "day", "text", "numbers"), NUMBERS)
def test_a_wrong_number_is_told_with_the_right_one_and_its_basis(
    fact: str, kind: Kind, day: str, text: str, numbers: str
) -> None:
    wrong, right = numbers.split("|")
    said = {claim.fact_id: claim for claim in check(text.format(wrong), day, kind) if claim.verdict == "contradicted"}
    assert fact in said
    assert wrong.split()[0] in (said[fact].differs or "") and said[fact].legal_basis and said[fact].draft
    assert said[fact].quote in text.format(wrong)
    assert all(claim.verdict != "contradicted" for claim in check(text.format(right), day, kind))


@pytest.mark.parametrize(("kind", "day", "text"), QUIET)
def test_what_asserts_nothing_wrong_is_left_alone(kind: Kind, day: str, text: str) -> None:
    assert all(claim.verdict != "contradicted" for claim in check(text, day, kind))
