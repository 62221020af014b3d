"""The embedded sample: what it holds, that it is deterministic, and that it behaves like a real, sometimes bad, web."""

import json
import re
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import feedparser
import pytest
from selectolax.lexbor import LexborHTMLParser

import knowledge
import records
from crawlers import pages as readers
from crawlers import sources as crawler_sources
from pipeline.sample import DEMO, START, SampleWeb, load, sources_toml, web
from pipeline.sample.content import VIETNAM, Item, at_time, path_of
from pipeline.sample.pages import HUGE, Site, article, paragraphs

CONTENT = load()
ITEMS = CONTENT.items
BOUNDARY = datetime(2026, 9, 1, tzinfo=VIETNAM)
SHARED = Path(__file__).resolve().parents[2] / "shared"


def item(name: str) -> Item:
    return next(i for i in ITEMS if i.id == name)


def base(source: str) -> str:
    return f"http://127.0.2.{CONTENT.outlet(source).host}:20801"


def get(source: str, address: str, now: datetime = DEMO) -> web.Answer:
    return web.answer(CONTENT, CONTENT.outlet(source), address, base(source), now)


def address(name: str) -> str:
    found = item(name)
    return path_of(found, CONTENT.outlet(found.source), found.title)


def acts(found: Item, mode: str) -> set[str]:
    return {clause for clause, how in found.expect.get("acts", []) if how == mode}


# ---------------------------------------------------------------- what it holds


def test_size_and_variety() -> None:
    outlets = Counter(outlet.kind for outlet in CONTENT.outlets)
    assert outlets["press"] >= 8 and outlets["official"] == 1 and outlets["post"] == 1
    assert len(ITEMS) >= 150
    judged = [i for i in ITEMS if "relevance" in i.expect]
    assert 0.28 <= sum(i.expect["relevance"] == 0 for i in judged) / len(judged) <= 0.4
    assert len({f"{i.at.astimezone(VIETNAM):%G-W%V}" for i in ITEMS}) == 5
    assert min(sum(i.at < BOUNDARY for i in ITEMS), sum(i.at >= BOUNDARY for i in ITEMS)) >= 50
    assert all(START <= i.at < DEMO for i in ITEMS)
    assert len({p for i in judged for p in i.expect.get("provinces", [])}) >= 25


def test_identities_are_unique_and_stay() -> None:
    assert len({i.number for i in ITEMS}) == len(ITEMS)
    assert len({(i.source, path_of(i, CONTENT.outlet(i.source), i.title)) for i in ITEMS}) == len(ITEMS)
    assert item("lh-sai-15").number == 2_689_835


def test_main_items_have_bodies_of_80_to_400_words() -> None:
    main = [i for i in ITEMS if i.expect.get("relevance") == 2 and i.source not in ("goc-tho", "bien-xanh")]
    assert all(80 <= len(f"{i.lead} {i.body}".split()) <= 400 for i in main)


@pytest.mark.parametrize("found", ITEMS, ids=lambda i: i.id)
def test_expectations_are_labels_of_the_guide(found: Item) -> None:
    known, expect = base_knowledge(), found.expect
    if expect.get("refused"):
        assert set(expect) == {"refused"}
        return
    names = {"relevance", "sentiment", "target", "topics", "acts", "claim", "feedback", "provinces", "story"}
    assert set(expect) <= names | {"spam", "gaps"}
    if expect["relevance"] == 0:
        assert set(expect) <= {"relevance", "spam"}
        return
    assert expect["relevance"] in (1, 2) and expect["topics"]
    assert set(expect["topics"]) <= {topic.id for topic in known.topics}
    assert expect.get("sentiment", "neutral") in get_args(records.Sentiment)
    assert expect.get("target", "none") in get_args(records.Target)
    assert expect.get("feedback", "none") in get_args(records.Feedback)
    assert all(known.province(name) for name in expect.get("provinces", []))
    for clause, mode in expect.get("acts", []):
        assert clause in get_args(records.Clause) and mode in get_args(records.Mode)
    if "claim" in expect:
        verdict, fact = expect["claim"]
        assert verdict in ("supported", "contradicted") and known.fact(fact)
        if verdict == "contradicted":
            assert fact in {f.id for f in known.facts_on(found.at.astimezone(VIETNAM).date())}


@cache
def base_knowledge() -> knowledge.Knowledge:
    return knowledge.load()


def test_potential_acts_stand_beside_look_alikes() -> None:
    committed = {clause for i in ITEMS for clause in acts(i, "commits")}
    assert committed == {"1a", "1e", "3a", "3c", "4"}
    assert all(i.source == "goc-tho" for i in ITEMS if acts(i, "commits"))
    for opener in (i for i in ITEMS if acts(i, "commits") and i.id not in ("f-quy-1",)):
        others = [i for i in ITEMS if i.thread == opener.thread and i is not opener]
        assert any(not acts(i, "commits") for i in others)
    assert {clause for i in ITEMS for clause in acts(i, "reports") | acts(i, "refutes")} >= {"1a", "1e", "3c", "4"}


def test_every_kind_of_story_is_there() -> None:
    feedback = {i.expect.get("feedback") for i in ITEMS}
    assert feedback >= set(get_args(records.Feedback)) - {"none"}
    mistakes = [i for i in ITEMS if i.expect.get("claim", [""])[0] == "contradicted" and not acts(i, "commits")]
    assert len([i for i in mistakes if i.source not in ("goc-tho", "cong-tin")]) >= 2
    assert any(i.source == "cong-tin" for i in mistakes), "an official page that contradicts a fact"
    assert any(i.edits for i in ITEMS) and any(i.gone for i in ITEMS)
    assert len([i for i in ITEMS if i.copy_of]) >= 4 and all(i.body for i in ITEMS if i.copy_of)
    told = Counter(i.expect["story"] for i in ITEMS if "story" in i.expect)
    assert sum(count >= 2 for count in told.values()) >= 10
    assert any(i.expect.get("spam") for i in ITEMS)
    assert any(not re.search(r"[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", i.body or "") for i in ITEMS if i.thread), (
        "an unaccented post"
    )


def test_texts_are_our_own() -> None:
    files = [SHARED / "data" / name for name in ("contrast_open.jsonl", "bhxh_labels.jsonl", "article11_press.jsonl")]
    if not all(file.is_file() for file in files):
        pytest.skip("needs ../shared/data")
    mine = {run for i in ITEMS for text in (i.title, i.lead, i.body) for run in runs(text or "")}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            theirs = runs(f"{row.get('title') or ''} . {row.get('text') or row.get('lead') or ''}")
            assert not mine & theirs, row.get("id")


def runs(text: str, length: int = 12) -> set[str]:
    """Runs of words; a scheme's long name counts as one word, since everybody writes the three in a row."""
    short = re.sub(r"bảo hiểm (xã hội|y tế|thất nghiệp)", "bh", text.lower())
    words = re.findall(r"\w+", short)
    return {" ".join(words[n : n + length]) for n in range(len(words) - length + 1)}


# ---------------------------------------------------------------- pages


@pytest.mark.parametrize("source", [o.id for o in CONTENT.outlets if not o.broken])
def test_lists_parse_and_name_every_live_item(source: str) -> None:
    outlet = CONTENT.outlet(source)
    live = CONTENT.live(source, DEMO)
    for path in set(outlet.feeds) - set(outlet.html_feeds):
        feed = feedparser.parse(get(source, path).body)
        assert not feed.bozo and len(feed.entries) == len(live)
        assert {e.link.removesuffix(outlet.tracking) for e in feed.entries} == {base(source) + p for p in paths(live)}
    for path in outlet.sitemaps:
        assert set(locations(source, path)) == {base(source) + p for p in paths(live)}
    for path in outlet.news_sitemaps:
        recent = [i for i in live if i.at > DEMO - timedelta(days=2)]
        assert set(locations(source, path)) == {base(source) + p for p in paths(recent)}
    if outlet.kind != "post":
        for path in outlet.listings:
            assert links(source, path) >= paths([i for i in live if i.title])
    else:
        threads = {f"/threads/{i.thread}/" for i in live}
        assert {link for path in outlet.listings for link in links(source, path)} >= threads


def paths(live: list[Item]) -> set[str]:
    return {path_of(item(i.id), CONTENT.outlet(i.source), item(i.id).title) for i in live}


def locations(source: str, path: str) -> list[str]:
    root = ElementTree.fromstring(get(source, path).body)
    found = [loc.text or "" for loc in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    if root.tag.endswith("sitemapindex"):
        return [u for child in found for u in locations(source, child.removeprefix(base(source)))]
    return found


def links(source: str, path: str) -> set[str]:
    tree = LexborHTMLParser(get(source, path).body.decode())
    further = tree.css_first("a[rel=next]")
    found = {a.attributes.get("href") or "" for a in tree.css("a[href]")}
    return found | (links(source, further.attributes["href"] or "") if further else set())


@pytest.mark.parametrize("moment", [START, BOUNDARY, DEMO])
def test_same_moment_same_bytes(moment: datetime) -> None:
    for outlet in CONTENT.outlets:
        asked = [*outlet.feeds, *outlet.sitemaps, *outlet.listings, *sorted(paths(CONTENT.live(outlet.id, moment)))[:5]]
        for path in asked:
            assert get(outlet.id, path, moment) == get(outlet.id, path, moment)


def test_the_product_reads_every_sound_page() -> None:
    for found in (at_time(i, DEMO) for i in ITEMS if not i.thread and not i.flaw):
        outlet = CONTENT.outlet(found.source)
        site = Site(CONTENT, outlet, DEMO, base(found.source))
        page = readers.read(site.row(found)["url"], article(site, found), "text/html; charset=utf-8")
        assert page.title == found.title
        assert page.body is not None and page.body.startswith("\n\n".join(paragraphs(found))[:500]), found.id
        assert page.published_at in (None, found.at)


def test_nothing_is_seen_before_its_time() -> None:
    early = item("gm-canh-bao-thang9")
    assert get("cong-tin", address(early.id), early.at - timedelta(seconds=1)).status == 404
    assert get("cong-tin", address(early.id), early.at).status == 200
    assert str(early.number).encode() not in get("cong-tin", "/rss", early.at - timedelta(seconds=1)).body


def test_an_edit_keeps_the_address_and_changes_the_words() -> None:
    found = item("lh-sai-15")
    before, after = (get(found.source, address(found.id), found.edits[0].at + timedelta(seconds=s)) for s in (-1, 0))
    assert "tăng 15% so với trước".encode() in before.body and "Đính chính".encode() not in before.body
    assert "tăng 15% so với trước".encode() not in after.body and "Đính chính".encode() in after.body
    assert before.changed == found.at and after.changed == found.edits[0].at


def test_every_edit_finds_its_words() -> None:
    for found in (i for i in ITEMS if i.edits):
        words = f"{found.title}\n{found.lead}\n{found.body}"
        assert all(old in words for edit in found.edits for old, _ in edit.replace)


def test_a_deletion_takes_page_and_entry_away() -> None:
    gone, feed = item("yt-tin-don-phau-thuat"), "/rss/home.rss"
    assert get(gone.source, address(gone.id), gone.gone - timedelta(seconds=1)).status == 200
    assert get(gone.source, address(gone.id), gone.gone).status == 410
    assert str(gone.number).encode() not in get(gone.source, feed, gone.gone).body
    post = item("f-quy-1")
    assert get("goc-tho", f"/threads/{post.thread}/", post.gone - timedelta(seconds=1)).status == 200
    assert get("goc-tho", f"/threads/{post.thread}/", post.gone).status == 404


def test_hard_pages() -> None:
    assert get("sao-mai", "/rss.xml").status == 500
    assert feedparser.parse(get("bien-xanh", "/rss/tin-moi.rss").body).entries == []
    assert b"<title>" not in get("bien-xanh", address("kho-khong-tieu-de")).body
    assert b"2026" not in get("bien-xanh", address("kho-khong-ngay")).body
    assert get("bien-xanh", address("kho-trang-rong")).body == b""
    assert HUGE * 0.99 < len(get("bien-xanh", address("kho-trang-khong-lo")).body) < HUGE * 1.01
    with pytest.raises(UnicodeDecodeError):
        get("bien-xanh", address("kho-byte-hong")).body.decode()
    assert address("kho-robots-cam").startswith("/noi-bo/")
    assert b"Disallow: /noi-bo/" in get("phap-ly", "/robots.txt").body


def test_portal_articles_differ_only_by_query() -> None:
    assert {address(i.id).split("?")[0] for i in ITEMS if i.source == "cong-tin"} == {"/tin-tuc"}
    assert get("cong-tin", "/tin-tuc?id=1").status == 404


# ---------------------------------------------------------------- over the wire


class Moved:
    """A clock the test moves."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment.astimezone(UTC)


def fetch(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    asked = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, dict(error.headers), error.read()


def test_served_on_loopback_with_validators() -> None:
    clock = Moved(BOUNDARY)
    with SampleWeb(clock) as site:
        assert len(site.hosts) == len(CONTENT.outlets) and all(host.startswith("127.") for host in site.hosts)
        url = site.bases["binh-minh"] + "/rss/tin-moi-nhat.rss"
        status, headers, body = fetch(url)
        assert status == 200 and body
        assert fetch(url, If_None_Match=headers["ETag"])[::2] == (304, b"")
        assert fetch(url, If_Modified_Since=headers["Last-Modified"])[0] == 304
        assert fetch(url, If_None_Match='"other"', If_Modified_Since=headers["Last-Modified"])[0] == 200
        clock.moment = DEMO
        assert fetch(url, If_None_Match=headers["ETag"])[0] == 200
        assert fetch(site.bases["ba-mien"] + address("yt-tin-don-phau-thuat"))[0] == 410
        assert site.requests[0] == ("binh-minh", "/rss/tin-moi-nhat.rss", 200)


def test_sources_are_rows_the_crawler_takes(tmp_path: Path) -> None:
    with SampleWeb(Moved(DEMO)) as site:
        port = int(site.hosts[0].rsplit(":")[-1])
        file = tmp_path / "sources.toml"
        file.write_text(sources_toml(port), encoding="utf-8")
        loaded = {source.id: source for source in crawler_sources.load(file)}
        assert set(loaded) == {row["id"] for row in site.sources}
        for found in (i for i in ITEMS if i.source in loaded and i.flaw != "forbidden"):
            assert loaded[found.source].is_article(site.bases[found.source] + address(found.id))


def test_posts_are_rows_of_an_import() -> None:
    with SampleWeb(Moved(DEMO)) as site:
        posts = site.posts()
        assert [p["date"] for p in posts] == sorted(p["date"] for p in posts)
        assert len(posts) == len([i for i in ITEMS if i.thread]) - len([i for i in ITEMS if i.thread and i.gone])
        assert len(site.posts(since=DEMO - timedelta(days=1))) < len(posts)
        assert fetch(posts[0]["url"])[0] == 200


def test_one_address_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "ATTEMPTS", (("192.0.2.{host}", True), ("127.0.0.1", False)))
    with SampleWeb(Moved(DEMO)) as site:
        assert len(set(site.hosts)) == len(CONTENT.outlets)
        assert fetch(site.bases["cong-tin"] + "/tin-tuc")[0] == 200
