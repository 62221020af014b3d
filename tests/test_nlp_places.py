from __future__ import annotations

import pytest

import knowledge
from nlp import places
from records import Text
from vietnamese import fold_aligned


@pytest.fixture(scope="module")
def known() -> knowledge.Knowledge:
    return knowledge.load()


def found(text: str, known: knowledge.Knowledge, title: str | None = None) -> tuple[set[str], list[tuple[str, ...]]]:
    sure, unsure = places.find(Text("x", title, text, None, "post"), known)
    return set(sure), list(unsure)


SURE = [
    ("BHXH tỉnh Thái Bình thông báo lịch chi trả", {"Hưng Yên"}),
    ("Công nhân ở Quy Nhơn và Pleiku bị nợ bảo hiểm", {"Gia Lai"}),
    ("BHXH TP.HCM, BHXH Bình Dương, Bà Rịa - Vũng Tàu", {"Hồ Chí Minh"}),
    ("Bệnh nhân Huế và Quảng Nam", {"Huế", "Đà Nẵng"}),
    ("Uống bia Sài Gòn ở TP HCM", {"Hồ Chí Minh"}),
    ("o tphcm va ha noi", {"Hồ Chí Minh", "Hà Nội"}),
    ("Nhà tôi ở quận 7, làm ở Biên Hòa", {"Hồ Chí Minh", "Đồng Nai"}),
    ("BHXH HN trả lời", {"Hà Nội"}),
    ("Thừa Thiên Huế, Kon Tum, Phú Yên, Đắk Nông", {"Huế", "Quảng Ngãi", "Đắk Lắk", "Lâm Đồng"}),
]
NOT_GUESSED = [
    ("Công nhân ở ĐN bị nợ BHXH", ("Đà Nẵng", "Đồng Nai")),
    ("Thái Bình", ("Hưng Yên",)),
    ("thai binh", ("Hưng Yên",)),
    ("Hà Nam", ("Ninh Bình",)),
    ("luong huu gia lai", ("Gia Lai",)),
]
NOTHING = [
    "Chị Thái Bình nói chậm lương hưu",
    "Chủ tịch Hồ Chí Minh đặt nền móng cho chính sách BHXH",
    "Học tập tư tưởng Hồ Chí Minh trong ngành BHXH",
    "hòa bình thế giới",
    "Bị chậm thẻ ở đường Điện Biên Phủ",
    "Hà Nội (TTXVN) - Chính phủ họp",
    "DN nợ BHXH ba tháng",
    "CT thông báo, HT bị lỗi",
    "Không có địa danh nào",
]


@pytest.mark.parametrize(("text", "expected"), SURE)
def test_names_that_are_sure(text: str, expected: set[str], known: knowledge.Knowledge) -> None:
    assert found(text, known)[0] == expected


@pytest.mark.parametrize(("text", "group"), NOT_GUESSED)
def test_unclear_names_go_to_the_unsure_groups(text: str, group: tuple[str, ...], known: knowledge.Knowledge) -> None:
    assert found(text, known) == (set(), [group])


@pytest.mark.parametrize("text", NOTHING)
def test_people_streets_words_and_datelines_are_no_places(text: str, known: knowledge.Knowledge) -> None:
    assert found(text, known) == (set(), [])


def test_a_sure_name_settles_an_unsure_group(known: knowledge.Knowledge) -> None:
    assert found("Mình ở ĐN, BHXH Đà Nẵng hẹn mãi", known) == ({"Đà Nẵng"}, [])


def test_every_province_is_found_by_its_own_name_behind_its_office(known: knowledge.Knowledge) -> None:
    for province in known.provinces:
        text = f"Theo {province.office}, hồ sơ đã giải quyết"
        assert found(text, known)[0] == {province.name}, text
        assert found(fold_aligned(text), known)[0] == {province.name}, fold_aligned(text)


def test_former_names_lead_to_the_province_of_today(known: knowledge.Knowledge) -> None:
    for province in known.provinces:
        for former in province.former:
            assert found(f"BHXH tỉnh {former} trả lời", known)[0] == {province.name}, former
