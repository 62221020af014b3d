"""The knowledge shipped is whole and consistent; a wrong file is refused with its line."""

from __future__ import annotations

import csv
import pickle
import re
import shutil
import typing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import knowledge
from knowledge import Knowledge
from records import BadKnowledge, Clause
from vietnamese import HO_CHI_MINH, fold, nfc, number_text

SHARED = Path(__file__).resolve().parents[2] / "shared" / "domain"
CODES: tuple[Clause, ...] = typing.get_args(Clause)


@pytest.fixture(scope="module")
def known() -> Knowledge:
    return knowledge.load()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for name in knowledge.FILES:
        shutil.copy(knowledge.HERE / f"{name}.toml", tmp_path)
    return tmp_path


# ---------------------------------------------------------------- what is shipped


def test_all_is_there(known: Knowledge) -> None:
    sizes = {name: len(getattr(known, name)) for name in ("facts", "topics", "provinces", "acts", "campaigns")}
    assert sizes == {"facts": 92, "topics": 24, "provinces": 34, "acts": 10, "campaigns": 44}
    assert sum(len(province.former) for province in known.provinces) == 63
    assert sum(unit.kind == "central" for unit in known.units) == 14
    assert known.working_day(date(2026, 11, 26))


def test_it_goes_to_another_process_and_back(known: Knowledge) -> None:
    known.fact("F001")  # lookups made before must not hinder
    again = pickle.loads(pickle.dumps(known))
    assert again == known
    assert again.topic("luong_huu") == known.topic("luong_huu")


def test_unchanged_files_are_read_once(known: Knowledge) -> None:
    assert knowledge.load() is known


@pytest.mark.parametrize("day", [date(2018, 7, 1), date(2026, 8, 31)])
def test_the_law_of_2016_has_the_text_of_every_act(known: Knowledge, day: date) -> None:
    assert known.law_on(day).id == "L104-2016"
    for code in CODES:
        clause = known.clause("L104-2016", code)
        assert clause is not None
        assert clause.number == f"khoản {code[0]}"
        assert known.reference(code, day) == f"khoản {code[0]} Điều 11 Luật Tiếp cận thông tin số 104/2016/QH13"


def test_from_september_2026_the_mail_never_says_article_11(known: Knowledge) -> None:
    day = date(2026, 9, 1)
    version = known.law_on(day)
    assert (version.id, version.status) == ("TCTT-2026", "cần cập nhật")
    for code in CODES:
        assert "Điều 11" not in known.reference(code, day)
        assert "chưa cập nhật" in known.reference(code, day)
    assert {"L41-2024-D9", "ND174-2026-D95"} <= {basis.id for basis in known.bases_on(day, "1a")}
    assert "ND174-2026-D95" not in {basis.id for basis in known.bases_on(date(2026, 6, 30), "1a")}


def test_unknown_ids_are_key_errors(known: Knowledge) -> None:
    for look in (known.law_version, known.fact, known.topic, known.unit, known.act):
        with pytest.raises(KeyError):
            look("khong-co")


def test_the_administrator_can_add_the_amended_text(copy: Path) -> None:
    law = copy / "law.toml"
    text = law.read_text(encoding="utf-8").replace('article = ""', 'article = "Điều 5"')
    text += '\n[[clause]]\nversion = "TCTT-2026"\ncodes = ["4"]\nnumber = "khoản 4"\ntext = "…"\n'
    law.write_text(text, encoding="utf-8")
    assert knowledge.load(copy).reference("4", date(2026, 11, 26)).startswith("khoản 4 Điều 5 Luật")


def test_only_politics_is_for_people_alone(known: Knowledge) -> None:
    assert [act.clause for act in known.acts if act.human_only] == ["2"]
    assert known.act("2").label == "cần xem xét"
    assert {act.clause for act in known.acts if act.severe} == {"1d", "1e", "2", "3c", "4"}
    assert all("khả năng" in act.label for act in known.acts if not act.human_only)


# ---------------------------------------------------------------- facts


def number(known: Knowledge, fact_id: str, name: str, day: date) -> float:
    return next(n.value for n in known.numbers_on(known.fact(fact_id), day) if n.name == name)


@pytest.mark.parametrize(
    ("fact_id", "name", "before", "after"),
    [
        ("F039", "thấp nhất", 2_340_000, 2_530_000),
        ("F039", "cao nhất", 46_800_000, 50_600_000),
        ("F066", "người thứ nhất", 105_300, 113_850),
        ("F071", "ngưỡng", 14_040_000, 15_180_000),
        ("F045", "mức thấp nhất", 585_000, 632_500),
    ],
)
def test_amounts_follow_the_base_salary(known: Knowledge, fact_id: str, name: str, before: int, after: int) -> None:
    assert number(known, fact_id, name, date(2026, 6, 30)) == before
    assert number(known, fact_id, name, date(2026, 7, 1)) == after


def test_facts_have_their_days(known: Knowledge) -> None:
    def on(day: date) -> set[str]:
        return {fact.id for fact in known.facts_on(day)}

    assert "F041" in on(date(2026, 6, 30)) - on(date(2026, 7, 1))
    assert "F042" in on(date(2026, 7, 1)) - on(date(2026, 6, 30))
    assert {"F047", "F090"} <= on(date(2026, 11, 26))
    assert "F001" not in on(date(2025, 6, 30))


def test_true_events_are_events(known: Knowledge) -> None:
    assert {fact.id for fact in known.facts if fact.kind == "event"} == {"F047", "F090"}


def test_words_are_ready_to_be_met(known: Knowledge) -> None:
    for fact in known.facts:
        words = [*fact.unless, *(w for group in fact.about for w in group), *(w for n in fact.numbers for w in n.words)]
        assert all(word == nfc(word).lower().strip() and fold(word) for word in words), fact.id


def test_no_entry_claims_to_be_verified_by_a_person(known: Knowledge) -> None:
    assert not any(fact.verified_by for fact in known.facts)


def test_facts_agree_with_their_source(known: Knowledge) -> None:
    if not SHARED.is_dir():
        pytest.skip("needs ../shared/domain/facts.csv")
    with (SHARED / "facts.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert set(rows) == {fact.id for fact in known.facts}
    for fact in known.facts:
        row = rows[fact.id]
        assert fact.refuted_officially == row["rumour_refuted_officially"]
        assert fact.topic in (row["topic"], None)
        assert bool(fact.false_variants) == bool(row["false_variants_vi"]), fact.id


# ---------------------------------------------------------------- places, channels, time


@pytest.mark.parametrize(
    ("name", "today"),
    [
        ("Hà Nội", "Hà Nội"),
        ("tp.hcm", "Hồ Chí Minh"),
        ("Bà Rịa – Vũng Tàu", "Hồ Chí Minh"),
        ("Yen Bai", "Lào Cai"),
        ("tỉnh Phú Yên", "Đắk Lắk"),
        ("Kon Tum", "Quảng Ngãi"),
        ("Thừa Thiên Huế", "Huế"),
        ("BHXH tỉnh Phú Thọ", "Phú Thọ"),
        ("Khánh Hoà", "Khánh Hòa"),
        ("Buôn Ma Thuột", "Đắk Lắk"),
    ],
)
def test_old_and_new_names_lead_to_the_province_of_today(known: Knowledge, name: str, today: str) -> None:
    province = known.province(name)
    assert province is not None
    assert province.name == today


@pytest.mark.parametrize("name", ["ĐN", "Bình Tân", "Châu Thành", "Wakanda", ""])
def test_an_unsure_name_is_not_guessed(known: Knowledge, name: str) -> None:
    assert known.province(name) is None


def test_every_former_name_is_sure_or_listed(known: Knowledge) -> None:
    for province in known.provinces:
        for former in province.former:
            assert known.province(former) == province


def test_no_alias_leads_to_two_provinces(known: Knowledge) -> None:
    owner: dict[str, str] = {}
    for province in known.provinces:
        for alias in province.aliases:
            assert owner.setdefault(fold(alias), province.name) == province.name


def test_channels(known: Knowledge) -> None:
    assert "19009068" in known.official_numbers
    assert {"baohiemxahoi.gov.vn", "zalo.me/bhxhvietnam"} <= known.official_domains
    fakes = {fake.value for fake in known.indicators if fake.kind == "domain"}
    assert "datlichbhxh.com" in fakes
    assert not fakes & known.official_domains


def test_working_days(known: Knowledge) -> None:
    days = [date(2026, 2, 13) + timedelta(days=n) for n in range(11)]
    assert [day.day for day in days if known.working_day(day)] == [13, 23]  # Tết Bính Ngọ
    assert known.working_day(date(2025, 4, 26))  # a Saturday worked in exchange
    assert not known.working_day(date(2027, 9, 2))
    assert all(sum(h.off for h in known.holidays if h.day.year == year) >= 11 for year in (2025, 2026, 2027))


def test_every_topic_can_be_answered(known: Knowledge) -> None:
    for topic in known.topics:
        assert topic.units
        assert topic.phrases
        assert all(known.unit(unit).name for unit in topic.units)


def test_time_limits(known: Knowledge) -> None:
    limits = {deadline.id: (deadline.amount, deadline.unit) for deadline in known.deadlines}
    assert limits["phat-ngon-24h"] == (24, "hours")
    assert limits["bao-in-cai-chinh-2-ngay"] == (2, "days")
    assert limits["bao-cach-giai-quyet-15-ngay"] == (15, "working_days")
    assert limits["tra-loi-bao-chi-30-ngay"] == (30, "days")
    assert limits["kiem-tra-dinh-chinh-10-ngay"] == (10, "days")


@pytest.mark.parametrize(
    ("limit", "start", "end"),
    [
        ("phat-ngon-24h", "2026-11-27T16:30", "2026-11-28T16:30:00"),  # hours run through a weekend
        ("tra-loi-bao-chi-30-ngay", "2026-11-02T08:00", "2026-12-02T23:59:59"),
        (
            "tra-loi-bao-chi-30-ngay",
            "2026-10-30T08:00",
            "2026-11-30T23:59:59",
        ),  # ends on a Sunday: the next working day
        (
            "bao-cach-giai-quyet-15-ngay",
            "2026-11-26T23:50",
            "2026-12-17T23:59:59",
        ),  # the day of the start does not count
        ("bao-cach-giai-quyet-15-ngay", "2025-04-25T08:00", "2025-05-20T23:59:59"),  # 26/4 worked, 30/4-04/5 off
        ("chu-the-du-lieu-2-ngay", "2026-02-12T08:00", "2026-02-23T23:59:59"),  # over Tết Bính Ngọ
        (
            "chu-the-du-lieu-2-ngay",
            "2028-01-21T08:00",
            "2028-02-01T23:59:59",
        ),  # a year only the library knows: Tết Mậu Thân
        ("bao-dien-tu-cai-chinh-ngay", "2026-11-28T08:00", "2026-11-28T08:00:00"),
    ],
)
def test_time_limits_end_when_the_law_says(known: Knowledge, limit: str, start: str, end: str) -> None:
    begun = datetime.fromisoformat(start).replace(tzinfo=HO_CHI_MINH)
    for moment in (begun, begun.astimezone(UTC)):
        assert known.due(limit, moment).astimezone(HO_CHI_MINH).isoformat()[:19] == end


# ---------------------------------------------------------------- what is refused


def line_of(path: Path, text: str) -> int:
    return next(n for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if text in line)


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("facts", 'kind = "rule"\ntopic = "luong_huu"', 'kind = "rule"\ntopik = "luong_huu"', "topik"),
        ("facts", 'topic = "mua_ban_so"', 'topic = "khong_co"', "khong_co"),
        ("facts", 'id = "F002"', 'id = "F001"', "trùng"),
        ("facts", "valid_from = 2026-09-10", 'valid_from = "2026-09-10"', "valid_from"),
        ("facts", "\nvalid_to = 2026-06-30", "\nvalid_to = 2020-06-30", "trước"),
        ("facts", "value = 4.5", 'value = "4,5"', "value"),
        ("facts", 'unit = "percent"', 'unit = "phần trăm"', "phần trăm"),
        ("law", "valid_from = 2026-09-01", "valid_from = 2026-09-02", "nối liền"),
        ("law", 'version = "L104-2016"\ncodes = ["2"]', 'version = "L105"\ncodes = ["2"]', "L105"),
        ("law", 'codes = ["2"]', 'codes = ["1a"]', "1a"),
        ("acts", 'clause = "1b"', 'clause = "1x"', "1x"),
        ("acts", "severe = false", 'severe = "không"', "severe"),
        ("topics", 'units = ["ban-bhxh"]', 'units = ["ban-la"]', "ban-la"),
        ("provinces", 'former = ["Huế"]', 'former = ["Huế", "Hà Nội"]', "Hà Nội"),
        ("provinces", 'candidates = ["Đà Nẵng", "Đồng Nai"]', 'candidates = ["Hà Tây"]', "Hà Tây"),
        ("channels", 'value = "vss.gov.vn"', 'value = "baohiemxahoi.gov.vn"', "trùng"),
        ("deadlines", "amount = 30", "amount = 30.5", "amount"),
        ("holidays", "day = 2026-09-02", "day = 2026-09-01", "trùng"),
        ("indicators", 'fact = "F084"', 'fact = "F999"', "F999"),
        ("units", 'name = "Văn phòng"\n', "", "name"),
        ("campaigns", 'id = "M02"', 'id = "M02"\u200b', "TOML"),
    ],
)
def test_a_wrong_entry_is_refused_at_its_line(copy: Path, file: str, old: str, new: str, says: str) -> None:
    path = copy / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    first = text[: text.index(old)].count("\n") + 1
    with pytest.raises(BadKnowledge) as caught:
        knowledge.load(copy)
    found = re.match(rf"{re.escape(str(path))}:(\d+): ", str(caught.value))
    assert found is not None, caught.value
    assert says in str(caught.value)
    # the entry's own line, or its head a few lines above
    assert -6 <= int(found[1]) - first <= 12, caught.value


def test_a_wrong_key_is_named_at_its_very_line(copy: Path) -> None:
    path = copy / "facts.toml"
    text = path.read_text(encoding="utf-8").replace('id = "F050"\n', 'id = "F050"\nsai = 1\n')
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadKnowledge, match=rf"facts\.toml:{line_of(path, 'sai = 1')}: không biết khóa 'sai'"):
        knowledge.load(copy)


def test_broken_files_are_named(copy: Path) -> None:
    path = copy / "units.toml"
    path.write_bytes(path.read_bytes() + b'\n[[unit]]\nid = "\xff"\n')
    with pytest.raises(BadKnowledge, match=r"units\.toml:\d+: không phải UTF-8"):
        knowledge.load(copy)
    path.write_text("[[unit]\n", encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"units\.toml:1: "):
        knowledge.load(copy)
    path.write_text("[[units]]\n", encoding="utf-8")
    with pytest.raises(BadKnowledge, match=r"units\.toml:1: không biết bảng"):
        knowledge.load(copy)
    path.unlink()
    with pytest.raises(BadKnowledge, match=r"units\.toml:1: không đọc được"):
        knowledge.load(copy)


def test_another_text_is_another_version(known: Knowledge, copy: Path) -> None:
    assert knowledge.load(copy).version == known.version
    path = copy / "acts.toml"
    path.write_text(path.read_text(encoding="utf-8") + "# x\n", encoding="utf-8")
    assert knowledge.load(copy).version != known.version


def said(value: float, unit: str) -> set[str]:
    """The ways a statement may write a number."""
    if unit == "age_months":
        years, months = divmod(int(value), 12)
        return {f"{years} tuổi {months} tháng"} if months else {f"{years} tuổi"}
    scales = {1, 1_000, 1_000_000, 1_000_000_000_000_000}
    return {number_text(value / scale) for scale in scales} | {f"{value / 1e6:.2f}".replace(".", ",")}


def test_statements_say_their_numbers(known: Knowledge) -> None:
    words = {1.0: "một", 4.0: "bốn", 5.0: "ung thư", 10.0: "mười", 3.0: "ba", 0.0: "không mất tiền"}
    for fact in known.facts:
        for n in fact.numbers:
            forms = said(n.value, n.unit) | {words.get(n.value, "\0")}
            assert any(re.search(rf"(?<![\d,.]){re.escape(form)}(?!\d|[.,]\d)", fact.statement) for form in forms), (
                fact.id,
                n,
            )
