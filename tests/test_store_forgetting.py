"""What goes and what stays: retention by source, counts of what was forgotten, words of posts deleted at their source."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

import config
import records as r
import store
from crawlers import sources
from pipeline import clock, jobs
from pipeline.doors import open_all
from tests.store_support import KEY, NOW, act, document, settled

DAY = timedelta(days=1)
SECRET = "Chữ riêng của người đăng"


def counted(kept: store.Store) -> dict[str, dict[str, int]]:
    """dimension -> label -> count over all days, counted anew."""
    while kept.tallies.recount(NOW + 999 * DAY):
        pass
    found: dict[str, dict[str, int]] = {}
    for dimension, labels in kept.tallies.of((NOW - 999 * DAY).date(), NOW.date()).items():
        found[dimension] = {label: sum(days.values()) for label, days in labels.items()}
    return found


def stored_words(store_url: str) -> str:
    """Everything any table holds, as one text."""
    engine = create_engine(store_url)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        else:
            names = (
                connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars().all()
            )
        said = [
            str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names if "search" not in name
        ]
    engine.dispose()
    return "\n".join(said)


# ---------------------------------------------------------------- retention


def test_a_source_has_its_own_time_and_the_others_that_of_their_kind(kept: store.Store) -> None:
    for source, days in (("bao", 100), ("ngan", 100), ("ngan", 10), ("bao", 800), ("dai", 800)):
        of = NOW - days * DAY
        settled(kept, document(f"{source}-{days}", source=source, published_at=of, first_seen=of))
    own = {"ngan": NOW - 90 * DAY, "dai": NOW - 2000 * DAY}
    assert kept.documents.forget({"press": NOW - 730 * DAY}, NOW - 900 * DAY, NOW, own) == 2
    left = {key for key in ("bao-100", "ngan-100", "ngan-10", "bao-800", "dai-800") if kept.documents.get(key)}
    assert left == {"bao-100", "ngan-10", "dai-800"}


def test_figures_stay_when_the_texts_go(kept: store.Store) -> None:
    old = NOW - 800 * DAY
    for number in range(5):
        of = old + number * timedelta(hours=1)
        tone = "negative" if number % 2 else "positive"
        settled(kept, document(f"k{number}", published_at=of, first_seen=of), sentiment=tone)
    settled(kept, document("spam", published_at=old, first_seen=old), spam=True)
    settled(kept, document("nothing", published_at=old, first_seen=old), relevance=0)
    before = counted(kept)
    assert before["all"] == {"all": 5} and before["sentiment"] == {"negative": 2, "positive": 3}
    assert kept.documents.forget({"press": NOW - 730 * DAY}, NOW - 90 * DAY, NOW) == 7
    assert kept.documents.count() == 0 and counted(kept) == before
    of = old + timedelta(hours=9)
    settled(kept, document("late", published_at=of, first_seen=of), sentiment="negative")
    assert counted(kept)["sentiment"] == {"negative": 3, "positive": 3}, "a late item is counted beside them"
    assert kept.documents.forget({"press": NOW - 730 * DAY}, NOW - 90 * DAY, NOW) == 1
    assert counted(kept)["sentiment"] == {"negative": 3, "positive": 3}


def test_what_is_erased_on_request_is_no_longer_counted(kept: store.Store) -> None:
    settled(kept, document("a"))
    settled(kept, document("b"))
    assert counted(kept)["all"] == {"all": 2}
    kept.documents.erase("a", by="an", at=NOW)
    assert counted(kept)["all"] == {"all": 1}


SOURCES = """
[[source]]
id = "bao"
name = "Báo"
homepage = "https://bao.example/"
kind = "press"
feeds = ["https://bao.example/rss"]
[[source]]
id = "hoi-dap"
name = "Hỏi đáp"
homepage = "https://hoi-dap.example/"
kind = "press"
retention = "short"
feeds = ["https://hoi-dap.example/rss"]
"""


def test_the_job_takes_the_class_from_the_list_of_sources(tmp_path: Path) -> None:
    (tmp_path / "nguon.toml").write_text(SOURCES, encoding="utf-8")
    chosen = config.Settings(
        data_dir=tmp_path, crawl=config.Crawl(sources=tmp_path / "nguon.toml"), judging=config.Judging(workers=0),
        keep=config.Keep(short_days=30),
    )  # fmt: skip
    with open_all(chosen, clock.Hand(NOW)) as rooms:
        for source in ("bao", "hoi-dap"):
            of = NOW - 40 * DAY
            settled(rooms.store, document(source, source=source, published_at=of, first_seen=of))
        assert jobs.forget(rooms) == 1
        assert rooms.store.documents.get("bao") and not rooms.store.documents.get("hoi-dap")


def test_classes_have_defaults_by_kind_and_nonsense_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(SOURCES.replace('"short"', '"mai"'), encoding="utf-8")
    with pytest.raises(r.BadKnowledge, match=r"s\.toml:13: .*retention phải là một trong"):
        sources.load(file)
    kept = {one.kind: one.kept for one in sources.load() if not one.retention}
    assert kept == {kind: sources.KEPT[kind] for kind in kept} and {"press", "official", "post"} <= set(sources.KEPT)


# ---------------------------------------------------------------- deleted at the source


def post(kept: store.Store, number: int = 1, **answers: object) -> r.Document:
    one = document(
        f"dien-dan:post-{number}",
        kind="post",
        title=f"{SECRET} {number}",
        lead=None,
        body=f"{SECRET}, thân bài.",
        author="a" * 64,
    )
    kept.documents.keep(replace_body(one), (r.Indicator("phone", "0912345678", "09xxxxxxxx"),))
    claim = r.Claim(SECRET, "contradicted", "F1", "khác", None, f"Dự thảo về {SECRET}")
    return settled(kept, one, claims=(claim,), **answers)


def replace_body(of: r.Document) -> r.Document:
    """An earlier version, which must go as well."""
    return replace(of, body=f"{SECRET}, bản trước.")


def gone(kept: store.Store, key: str) -> None:
    assert not kept.documents.missing(key, NOW + DAY, 404)
    assert kept.documents.drop_deleted(NOW + DAY) == 0, "one look deletes nothing"
    assert kept.documents.missing(key, NOW + DAY + timedelta(hours=6), 404)


def test_the_words_of_a_deleted_post_go_and_mark_and_counts_stay(kept: store.Store, store_url: str) -> None:
    one, other = post(kept), settled(kept, document("bao", title="Bài khác", body="Bài báo."))
    before = counted(kept)
    assert SECRET in stored_words(store_url) and kept.search("riêng người đăng")
    assert kept.evidence.seal(one, {"van-ban.txt": SECRET.encode()}, NOW)
    gone(kept, one.key)
    assert kept.documents.drop_deleted(NOW + 2 * DAY) == 1 and kept.documents.drop_deleted(NOW + 2 * DAY) == 0
    assert not kept.evidence.of(one.key)[0].kept
    words = stored_words(store_url)
    assert SECRET not in words and "a" * 64 not in words
    left = kept.documents.get(one.key)
    assert left and (left.title, left.body, left.author) == (None, None, None) and "deleted" in left.gaps
    assert kept.documents.gone(one.key) == (NOW + DAY, 404) and counted(kept) == before
    assert not kept.search("riêng người đăng") and len(kept.documents.versions(one.key)) == 1
    assert kept.documents.unassessed("m2", 10) == [other], "what has no words is not judged again"
    assert [line.subject for line in kept.audit_log() if line.what == "forget"] == ["deleted at source"]


def test_an_open_case_holds_the_words_until_it_ends(kept: store.Store, store_url: str) -> None:
    one = post(kept, acts=(act(quote=SECRET),))
    assert kept.evidence.seal(one, {"van-ban.txt": b"x"}, NOW)
    gone(kept, one.key)
    assert kept.documents.drop_deleted(NOW + 2 * DAY) == 0 and SECRET in stored_words(store_url)
    kept.cases.decide(one.key, "closed", "an", NOW + 3 * DAY)
    assert kept.documents.drop_deleted(NOW + 3 * DAY) == 1 and SECRET not in stored_words(store_url)
    assert kept.evidence.of(one.key)[0].kept, "it goes thirty days after the case ended"


def test_an_article_that_was_removed_keeps_its_words(kept: store.Store) -> None:
    one = settled(kept, document())
    gone(kept, one.key)
    assert kept.documents.drop_deleted(NOW + 2 * DAY) == 0 and kept.documents.get(one.key) == one


def test_a_post_that_comes_back_has_its_words_again(kept: store.Store) -> None:
    one = post(kept)
    gone(kept, one.key)
    kept.documents.drop_deleted(NOW + 2 * DAY)
    assert kept.documents.keep(replace(one, first_seen=NOW + 7 * DAY)) == "changed"
    left = kept.documents.get(one.key)
    assert left and left.body == one.body and left.gaps == () and kept.documents.gone(one.key) is None
    assert [due.key for due in kept.documents.unassessed("m2", 10)] == [one.key]


# ---------------------------------------------------------------- indicators


def test_indicators_are_kept_for_a_case_or_an_act_only(kept: store.Store) -> None:
    found = (r.Indicator("phone", "0912345678", "09xxxxxxxx"),)
    answers = {
        "flag": {"acts": (act(),)},
        "warning": {"acts": (act(mode="reports"),)},
        "complaint": {"feedback": "complaint"},
    }
    for key, answer in answers.items():
        kept.documents.keep(document(key), found)
        settled(kept, document(key), **answer)  # type: ignore[arg-type]
    held = {key: kept.cases.indicators(key, "an", NOW) for key in answers}
    assert held == {"flag": found, "warning": found, "complaint": ()}
    assert KEY


def test_indicators_of_a_case_stay_when_a_new_model_sees_no_act(kept: store.Store) -> None:
    found = (r.Indicator("phone", "0912345678", "09xxxxxxxx"),)
    kept.documents.keep(document("k"), found)
    one = settled(kept, document("k"), acts=(act(),))
    assert kept.settle(one, r.Assessment(one.key, "m2", 1, 0.6), None, r.Reason("daily", "x", "x"), (), NOW)
    assert kept.cases.indicators("k", "an", NOW) == found
