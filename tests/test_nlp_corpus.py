"""The written training corpus: form, labels, quotas and diversity of nlp/corpus/*.jsonl."""

import json
import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).resolve().parents[1] / "nlp" / "corpus"
REGISTERS = {"press", "official", "social", "comment", "forum", "noaccent", "teencode"}
SENTIMENTS = {"negative", "neutral", "positive"}
TARGETS = {"none", "agency_policy", "hospital", "employer", "fraudster", "private_insurer", "other"}
CLAUSES = {"1a", "1b", "1c", "1d", "1e", "2", "3a", "3b", "3c", "4"}
MODES = {"commits", "reports", "refutes"}
VERDICTS = {"supported", "contradicted", "none"}
INTENTS = {"i1", "i2", "i3", "i4", "i5"}
FEEDBACK = {"none", "question", "complaint", "petition", "denunciation", "lawsuit", "suggestion", "praise"}
TOPICS = {
    "bhxh_mot_lan",
    "mua_ban_so",
    "cham_tron_dong",
    "luong_huu",
    "tuoi_nghi_huu",
    "bhyt_kcb",
    "bhyt_thieu_thuoc",
    "bhyt_muc_dong",
    "bhyt_the_thu_tuc",
    "bhxh_tu_nguyen",
    "bhtn",
    "tro_cap_huu_tri_xa_hoi",
    "thai_san",
    "om_dau_nghi_huong",
    "gia_mao_lua_dao",
    "thai_do_phuc_vu",
    "thu_tuc_ung_dung",
    "quy_bhxh",
    "luong_co_so",
    "chu_ho_kinh_doanh",
    "to_chuc_bo_may",
    "muc_dong_bat_buoc",
    "chinh_sach_tuyen_truyen",
    "du_lieu_bao_mat",
}
FIELDS = {
    "id",
    "register",
    "group",
    "title",
    "text",
    "date",
    "relevance",
    "sentiment",
    "target",
    "topics",
    "acts",
    "fact_id",
    "claim",
    "feedback",
    "why",
    "written",
}
FACT = re.compile(r"F0(0[1-9]|[1-8][0-9]|9[0-2])")
SHARED_SHINGLES_ALLOWED = 0.6


def load() -> list[dict[str, Any]]:
    """Every item of every corpus file, in file order."""
    files = sorted(CORPUS.glob("*.jsonl"))
    return [json.loads(line) for f in files for line in f.read_text(encoding="utf-8").splitlines()]


ITEMS = load()


def commits(item: dict[str, Any]) -> set[str]:
    return {act["clause"] for act in item["acts"] if act["mode"] == "commits"}


def unaccented(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def shingles(text: str) -> set[tuple[str, ...]]:
    """Runs of three syllables, without accents and case."""
    syllables = re.findall(r"\w+", unaccented(text).lower())
    return {tuple(syllables[i : i + 3]) for i in range(len(syllables) - 2)}


def overlapping_pairs(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Pairs of different groups that share too many shingles of the shorter text."""
    grams = [shingles(item["text"]) for item in items]
    where: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, own in enumerate(grams):
        for gram in own:
            where[gram].append(i)
    pairs = []
    for i, own in enumerate(grams):
        shared = Counter(j for gram in own for j in where[gram] if j > i)
        for j, count in shared.items():
            too_many = count > SHARED_SHINGLES_ALLOWED * min(len(own), len(grams[j]))
            if too_many and items[i]["group"] != items[j]["group"]:
                pairs.append((items[i]["id"], items[j]["id"]))
    return pairs


def test_every_item_has_the_fields_and_is_written() -> None:
    for item in ITEMS:
        assert set(item) - {"intent"} == FIELDS, item["id"]
        assert item["written"] is True
        assert item["id"].startswith(("w-", "bc-")) and item["group"].startswith(("w", "bc"))
        assert item["text"].strip() == item["text"] != ""
        assert 3 <= len(item["text"].split()) <= 160, item["id"]


def test_ids_and_texts_are_unique() -> None:
    assert len({item["id"] for item in ITEMS}) == len(ITEMS)
    assert len({item["text"] for item in ITEMS}) == len(ITEMS)


def test_text_is_nfc_and_noaccent_is_bare() -> None:
    for item in ITEMS:
        whole = f"{item['title'] or ''}{item['text']}"
        assert unicodedata.is_normalized("NFC", whole), item["id"]
        if item["register"] == "noaccent":
            assert unaccented(item["text"]) == item["text"], item["id"]


def test_dates_lie_between_2024_and_2026_and_press_may_go_back_to_2016() -> None:
    for item in ITEMS:
        first = date(2016, 1, 1) if item["id"].startswith("bc-") else date(2024, 1, 1)
        assert first <= date.fromisoformat(item["date"]) <= date(2026, 12, 31), item["id"]


def test_labels_stay_within_the_guide() -> None:
    for item in ITEMS:
        assert item["register"] in REGISTERS
        assert item["feedback"] in FEEDBACK
        assert item["claim"]["verdict"] in VERDICTS
        assert all(a["clause"] in CLAUSES and a["mode"] in MODES for a in item["acts"]), item["id"]
        for fact in (item["fact_id"], item["claim"]["fact_id"]):
            assert fact is None or FACT.fullmatch(fact), item["id"]
        assert (item["claim"]["verdict"] == "none") == (item["claim"]["fact_id"] is None), item["id"]


def test_relevance_decides_the_other_labels() -> None:
    for item in ITEMS:
        if item["relevance"] == 0:
            bare = (item["sentiment"], item["target"], item["topics"], item["acts"], item["feedback"])
            assert bare == (None, None, [], [], "none"), item["id"]
        else:
            assert item["relevance"] in {1, 2}
            assert item["sentiment"] in SENTIMENTS and item["target"] in TARGETS, item["id"]
            assert 1 <= len(item["topics"]) <= 3 and set(item["topics"]) <= TOPICS | {"khac"}, item["id"]


def test_intent_stands_exactly_where_false_or_incomplete_is_committed() -> None:
    for item in ITEMS:
        needed = bool(commits(item) & {"1a", "1b"})
        assert needed == (item.get("intent") in INTENTS) == ("intent" in item), item["id"]
        if "1a" in commits(item):
            assert item["claim"]["verdict"] == "contradicted", item["id"]


def test_groups_hold_contrasts() -> None:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in ITEMS:
        if item["id"].startswith("w-"):
            groups[item["group"]].append(item)
    alone = [name for name, members in groups.items() if len(members) < 2]
    assert not alone
    assert len({item["register"] for item in ITEMS}) == len(REGISTERS)


def test_quotas() -> None:
    # press items written for tone carry no acts, so they stay out of the shares
    turned = [item for item in ITEMS if item["id"].startswith("w-")]
    assert len(turned) >= 1500
    share = sum(bool(commits(item)) for item in turned) / len(turned)
    assert 0.22 <= share <= 0.35
    assert sum(item["relevance"] == 0 for item in turned) >= 0.05 * len(turned)
    assert sum(item["feedback"] == "question" for item in turned) >= 0.12 * len(turned)
    assert len({item["fact_id"] for item in ITEMS if item["fact_id"]}) >= 85


@pytest.mark.parametrize("clause", sorted(CLAUSES))
def test_every_clause_is_committed_and_has_its_opposites(clause: str) -> None:
    modes = Counter(a["mode"] for item in ITEMS for a in item["acts"] if a["clause"] == clause)
    assert modes["commits"] >= 10
    assert modes["reports"] >= 4


@pytest.mark.parametrize("kind", sorted(FEEDBACK - {"none"}))
def test_every_kind_of_feedback_is_frequent(kind: str) -> None:
    assert sum(item["feedback"] == kind for item in ITEMS) >= 60


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_every_topic_is_present(topic: str) -> None:
    assert sum(topic in item["topics"] for item in ITEMS) >= 15


def test_no_two_groups_share_their_wording() -> None:
    assert overlapping_pairs(ITEMS) == []


def test_the_wording_lint_sees_a_copy() -> None:
    text = "cùng một câu dài được chép sang nhóm khác gần như nguyên vẹn"
    twins = [{"id": "a", "group": "wa", "text": text}, {"id": "b", "group": "wb", "text": text + " nhé"}]
    assert overlapping_pairs(twins) == [("a", "b")]


def test_labels_kept_apart_hold_no_text_and_only_known_answers() -> None:
    seen = set()
    for file in sorted((CORPUS.parent / "labels").glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert rows == sorted(rows, key=lambda row: (row["key"], row["part"]))
        for row in rows:
            assert set(row) == {"key", "part", "relevance", "sentiment", "target", "topics", "feedback", "acts"}
            assert re.fullmatch("[0-9a-f]{32}", row["key"])
            assert 0 <= row["part"][0] < row["part"][1]
            assert row["feedback"] in FEEDBACK
            assert set(row["topics"]) <= TOPICS | {"khac"}
            assert all(act["clause"] in CLAUSES and act["mode"] in MODES for act in row["acts"])
            if row["relevance"]:
                assert row["relevance"] in (1, 2) and row["sentiment"] in SENTIMENTS and row["target"] in TARGETS
                assert 1 <= len(row["topics"]) <= 3
            else:
                assert (row["sentiment"], row["target"], row["topics"], row["acts"]) == (None, None, [], [])
            seen.add((row["key"], row["part"][0]))
        assert rows
    assert len(seen) == 631


def test_labels_near_the_field_hold_tone_alone() -> None:
    seen = set()
    for file in sorted((CORPUS.parent / "labels" / "near").glob("*.jsonl")):
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        assert rows == sorted(rows, key=lambda row: row["key"])
        for row in rows:
            assert set(row) == {"key", "part", "sentiment", "target", "feedback"}
            assert re.fullmatch("[0-9a-f]{32}", row["key"])
            assert row["part"][0] == 0 < row["part"][1] <= 420
            assert row["sentiment"] in SENTIMENTS and row["target"] in TARGETS and row["feedback"] in FEEDBACK
            seen.add(row["key"])
        assert rows
    assert len(seen) == 3882
