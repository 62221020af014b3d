"""Search: the same hits on both databases, equal to a plain reading of the texts; accents, case and abbreviations alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import store
import vietnamese
from store.search import MAX_TOKENS, MAX_USES
from tests.store_support import NOW, document, settled


def fill(kept: store.Store, *texts: str) -> None:
    for place, body in enumerate(texts):
        kept.documents.keep(
            document(f"k{place}", title=None, lead=None, body=body, published_at=NOW - timedelta(hours=place))
        )


def keys(kept: store.Store, query: str) -> list[str]:
    return [hit.key for hit in kept.search(query, 1000)]


def test_accents_case_and_abbreviations_are_one(kept: store.Store) -> None:
    fill(
        kept,
        "Rút BHXH một lần",
        "rút bảo hiểm xã hội một lần",
        "RUT BAO HIEM XA HOI MOT LAN",
        "xã hội, bảo hiểm khác",
        "Đóng bảo hiểm",
    )
    for query in ("bảo hiểm xã hội", "bao hiem xa hoi", "BHXH", "bhxh", '"bảo hiểm xã hội"', '"BHXH"'):
        assert keys(kept, query) == ["k0", "k1", "k2"], query
    for query in ('"rút bhxh một lần"', '"rut bao hiem xa hoi mot lan"', "lần rút BHXH"):
        assert keys(kept, query) == ["k0", "k1", "k2"], query
    assert keys(kept, "dong bao hiem") == keys(kept, "đóng bảo hiểm") == ["k4"]
    assert keys(kept, "-BHXH bảo hiểm") == keys(kept, 'bảo hiểm -"bảo hiểm xã hội"') == ["k3", "k4"]


def test_words_phrases_and_exclusions(kept: store.Store) -> None:
    fill(kept, "lương hưu tăng", "hưu trí và lương", "lương hưu không tăng")
    assert keys(kept, "lương hưu") == ["k0", "k1", "k2"]
    assert keys(kept, '"lương hưu"') == ["k0", "k2"]
    assert keys(kept, "lương -tăng") == ["k1"]
    assert keys(kept, 'lương -"hưu tăng"') == ["k1", "k2"]
    assert keys(kept, "lương-hưu") == ["k0", "k2"]
    assert keys(kept, "lương-hưu ") == keys(kept, '"lương hưu')


@pytest.mark.parametrize(
    "query", ["", "  ", '""', "-lương", '-"a b" -c', '"', "-", "…", "' OR 1=1 --", "*", "NOT", "a:b", "(", "😀", "\x00"]
)
def test_any_query_is_answered(kept: store.Store, query: str) -> None:
    fill(kept, "lương hưu")
    assert keys(kept, query) == []


def test_phrases_do_not_cross_fields_and_titles_count(kept: store.Store) -> None:
    kept.documents.keep(document("k", title="Lương", lead="hưu tăng", body="mạnh"))
    assert keys(kept, "lương hưu mạnh") == ["k"]
    assert keys(kept, '"lương hưu"') == [] and keys(kept, '"tăng mạnh"') == [] and keys(kept, '"hưu tăng"') == ["k"]


def test_newest_first_with_limit_and_offset(kept: store.Store) -> None:
    fill(kept, *["lương"] * 7)
    assert [hit.key for hit in kept.search("lương", 3)] == ["k0", "k1", "k2"]
    assert [hit.key for hit in kept.search("lương", 3, 5)] == ["k5", "k6"]


def test_other_scripts_and_long_words(kept: store.Store) -> None:
    fill(kept, "社会保险 中国", "x" * 5000, "Страхование", "straße ﬁn")
    assert keys(kept, "社会保险") == ["k0"] and keys(kept, "x" * 400) == ["k1"] and keys(kept, "страхование") == ["k2"]


def test_bounds_are_the_same_on_both(kept: store.Store) -> None:
    many = "lương hưu " * 400
    long = " ".join(f"w{place}" for place in range(MAX_TOKENS + 50))
    fill(kept, many + "cuối", long)
    assert keys(kept, "lương") == keys(kept, '"lương hưu"') == keys(kept, "cuối") == ["k0"]
    assert keys(kept, '"hưu cuối"') == [] and MAX_USES < 400
    assert keys(kept, f"w{MAX_TOKENS - 3}") == ["k1"] and keys(kept, f"w{MAX_TOKENS - 2}") == []


def test_a_hit_shows_where(kept: store.Store) -> None:
    body = "mở đầu " * 100 + "có BHXH ở giữa câu này " + "kết thúc " * 100
    kept.documents.keep(document("k", lead=None, body=body))
    (hit,) = kept.search("bảo hiểm xã hội")
    assert "BHXH ở giữa" in hit.snippet and hit.snippet.startswith("…") and hit.snippet.endswith("…")
    assert len(hit.snippet) < 260 and "\n" not in hit.snippet
    assert (hit.title, hit.outlet, hit.url, hit.short_id) == ("Tiêu đề về BHXH", "Báo Ví Dụ", "k", store.short_id("k"))


def test_lists_take_the_same_queries(kept: store.Store) -> None:
    settled(kept, document("a", body="rút bhxh"))
    settled(kept, document("b", title="Khác", body="lương hưu"))
    assert [each.document.key for each in kept.judged.page(store.Filter(query="bao hiem xa hoi"))] == ["a"]
    assert kept.judged.count(store.Filter(query='"lương hưu"')) == 1
    assert kept.judged.count(store.Filter(query="-lương")) == 0


# ---------------------------------------------------------------- both databases against a plain reading

WORDS = [
    "bảo",
    "hiểm",
    "xã",
    "hội",
    "BHXH",
    "lương",
    "hưu",
    "y",
    "tế",
    "BHYT",
    "Đà",
    "nẵng",
    "đóng",
    "12",
    "tự",
    "nguyện",
    "DN",
    "doanh",
    "nghiệp",
]
stripped = st.sampled_from(
    WORDS
    + [vietnamese.fold(word) for word in WORDS]
    + ["bảo hiểm xã hội", "bao hiem y te", "bảo hiểm xã hội tự nguyện"]
)
part = st.builds(
    lambda minus, quote, words: minus + (f'"{" ".join(words)}"' if quote else words[0]),
    st.sampled_from(["", "", "-"]),
    st.booleans(),
    st.lists(stripped, min_size=1, max_size=3),
)
NAMES = [
    ["bhxhtn", "bhxh tu nguyen", "bao hiem xa hoi tu nguyen"],
    ["bhxh", "bao hiem xa hoi"],
    ["bhyt", "bao hiem y te"],
    ["dn", "doanh nghiep"],
]
NAMED = {form: f"(?:{'|'.join(forms)})" for forms in NAMES for form in forms}
ANY_NAME = re.compile(r"\b(?:" + "|".join(sorted(NAMED, key=len, reverse=True)) + r")\b")


def plain(words: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", vietnamese.fold(words)))


def pattern(words: str) -> str:
    """A regular expression for folded words, where a known name may stand in any of its forms."""
    return rf"\b{ANY_NAME.sub(lambda found: NAMED[found[0]], plain(words))}\b"


def reference(texts: list[str], query: str) -> list[int]:
    """A plain reading of the query language."""
    wanted, unwanted, loose = [], [], []
    for minus, phrase, word in re.findall(r'(-?)(?:"([^"]*)"|(\S+))', query):
        if minus:
            unwanted.append(pattern(phrase or word))
        elif phrase:
            wanted.append(pattern(phrase))
        else:
            loose.append(word)
    rest = plain(" ".join(loose))
    wanted += [pattern(name) for name in ANY_NAME.findall(rest)] + [pattern(w) for w in ANY_NAME.sub(" ", rest).split()]
    return [
        place
        for place, words in enumerate(map(plain, texts))
        if wanted
        and all(re.search(each, words) for each in wanted)
        and not any(re.search(each, words) for each in unwanted)
    ]


TEXTS = [" ".join(chance.choices(WORDS, k=chance.randint(1, 14))) for chance in [Random(26)] for _ in range(120)]


@pytest.fixture
def both(new_store_url: Callable[[str], str]) -> Iterator[tuple[store.Store, store.Store]]:
    opened = store.open(new_store_url("sqlite")), store.open(new_store_url("postgresql"))
    for kept in opened:
        fill(kept, *TEXTS)
    yield opened
    for kept in opened:
        kept.close()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.lists(part, min_size=1, max_size=4).map(" ".join))
def test_200_queries_give_the_same_hits_on_both(both: tuple[store.Store, store.Store], query: str) -> None:
    on_sqlite, on_postgresql = (keys(kept, query) for kept in both)
    assert on_sqlite == on_postgresql == [f"k{place}" for place in reference(TEXTS, query)]
