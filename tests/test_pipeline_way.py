"""The whole way on the sample: collected by the real crawlers, judged, mailed to a real mailbox, reported, searched."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

import config
import crawlers.collect
import store
from pipeline import clock, editions, issuing, jobs, ringing, sending
from pipeline.doors import Rooms, open_all
from pipeline.sample import DEMO, SampleWeb
from pipeline.sample.mailbox import Mailbox
from pipeline.sample.sources import toml
from records import MailUnavailable, Officer

from .alerts_support import message

FIRST = DEMO.replace(hour=6, minute=40) - timedelta(days=3)
DUTY, LEADER, REFUSED = "truc@mau.example", "lanh-dao@mau.example", "tu-choi@mau.example"

WAITING = store.Filter(case="new", decision="urgent")


@dataclass
class Lived:
    """What three days and a Monday morning left behind."""

    rooms: Rooms
    hand: clock.Hand
    mailbox: Mailbox
    asked: int
    """pages served until the last day's look ended"""
    web: SampleWeb


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    home = tmp_path_factory.mktemp("duong")
    hand = clock.Hand(FIRST)
    with SampleWeb(hand) as web, Mailbox(home / "thu", refused=frozenset({REFUSED})) as mailbox:
        (home / "nguon.toml").write_text(toml(web.sources), encoding="utf-8")
        settings = config.Settings(
            data_dir=home,
            crawl=config.Crawl(sources=home / "nguon.toml", allow_loopback=tuple(web.hosts), delay=0),
            mail=config.Mail(
                port=mailbox.port, security="none", sender="lang-nghe@mau.example",
                daily_to=(REFUSED, DUTY), urgent_to=(DUTY,), weekly_to=(LEADER,),
            ),
            judging=config.Judging(workers=0),
        )  # fmt: skip
        with open_all(settings, hand) as rooms:
            asyncio.run(days(rooms, hand))
            yield Lived(rooms, hand, mailbox, len(web.requests), web)


async def days(rooms: Rooms, hand: clock.Hand) -> None:
    crawlers.collect.ready()
    for day in range(4):
        for hour in (timedelta(), timedelta(minutes=25), timedelta(minutes=55)):
            hand.set(FIRST + timedelta(days=day) + hour)
            await jobs.collect(rooms)
            jobs.digest(rooms)
            editions.tell(rooms)
            issuing.report(rooms)
            approve(rooms)
            await sending.send(rooms)


def approve(rooms: Rooms) -> None:
    for line in rooms.store.reports.listing():
        rooms.store.reports.approve(line.week, "truong", rooms.clock(), rooms.store.reports.seen(line.week))


def subjects(lived: Lived, to: str) -> list[str]:
    return [str(mail["Subject"]) for mail in lived.mailbox.messages() if to in str(mail["To"])]


def test_what_was_published_is_stored_and_judged(lived: Lived) -> None:
    kept = lived.rooms.store
    assert kept.documents.count() > 120
    assert kept.documents.unassessed(lived.rooms.model, 10) == []
    assert kept.judged.count(store.Filter()) > 60


def test_posts_carry_no_author_and_no_number(lived: Lived) -> None:
    posts = [
        j.document
        for j in lived.rooms.store.judged.page(store.Filter(kind="post", relevance=(0, 1, 2), spam=None), 500, 0)
    ]
    assert len(posts) > 10
    for post in posts:
        assert post.authors == () and post.author and len(post.author) >= 32


def test_one_digest_a_day_reaches_whom_it_should(lived: Lived) -> None:
    daily = [subject for subject in subjects(lived, DUTY) if "Bản tin ngày" in subject]
    assert len(daily) == 4 and len(set(daily)) == 4


def test_an_urgent_flag_rings_once_and_at_once(lived: Lived) -> None:
    urgent = [subject for subject in subjects(lived, DUTY) if "KHẨN" in subject]
    assert 1 <= len(urgent) <= 4 and len(set(urgent)) == len(urgent)
    rung = lived.rooms.store.judged.page(store.Filter(decision="urgent"), 50, 0)
    assert rung and all(any(act.mode == "commits" and act.quote for act in judged.assessment.acts) for judged in rung)


def test_a_refused_recipient_delays_nobody_else(lived: Lived) -> None:
    states = {(mail.recipient, mail.state) for mail in lived.rooms.store.outbox.list(1000) if mail.kind == "daily"}
    assert states == {(DUTY, "sent"), (REFUSED, "dead")}
    problems = {problem.where for problem in lived.rooms.store.runs.problems(FIRST - timedelta(days=1))}
    assert REFUSED in problems, "who was refused is counted and shown"


def test_every_relevant_item_is_told_or_accounted_for(lived: Lived) -> None:
    told = "\n".join(
        part.get_content()
        for mail in lived.mailbox.messages()
        for part in mail.walk()
        if part.get_content_type() == "text/html"
    )
    for judged in lived.rooms.store.judged.page(store.Filter(relevance=(2,)), 1000, 0):
        assert judged.reason.text
        if judged.reason.decision in {"urgent", "daily"}:
            assert store.short_id(judged.document.key) in told, judged.document.key


def test_the_week_has_its_report_once(lived: Lived) -> None:
    assert lived.rooms.store.reports.weeks() == ["2026-W37"]
    issued = lived.rooms.store.reports.get("2026-W37")
    assert issued and {Path(name).suffix for name in issued.files} >= {".docx", ".html", ".json"}
    (mail,) = [mail for mail in lived.mailbox.messages() if LEADER in str(mail["To"])]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["bao-cao-2026-W37.docx"]
    assert issuing.report(lived.rooms) is None


def test_nothing_is_done_twice(lived: Lived) -> None:
    identities = Counter(str(mail["Message-ID"]) for mail in lived.mailbox.messages())
    assert max(identities.values()) == 1
    asyncio.run(again(lived))
    repeated = list(lived.web.requests)[lived.asked :]
    articles = [(outlet, path) for outlet, path, status in repeated if status == 200 and not outside(path)]
    known = {path for _, path, status in list(lived.web.requests)[: lived.asked] if status == 200}
    refetched = [path for _, path in articles if path in known and "bang-so-lieu" not in path]
    assert refetched == [], "a known article is not fetched again (but the page too large to keep)"


def outside(path: str) -> bool:
    """Lists, not articles."""
    return (
        path == "/"
        or any(word in path for word in ("robots.txt", "rss", "feed", "atom", "sitemap", "/forums/", "trang="))
        or path.count("/") < 2
    )


async def again(lived: Lived) -> None:
    lived.hand.set(lived.hand() + timedelta(minutes=5))
    await jobs.collect(lived.rooms)
    assert jobs.digest(lived.rooms) >= 0
    assert editions.tell(lived.rooms) == 0


def test_search_finds_with_and_without_accents(lived: Lived) -> None:
    keys = [
        [hit.key for hit in lived.rooms.store.search(query, 200)]
        for query in ("bảo hiểm xã hội", "bao hiem xa hoi", "BHXH")
    ]
    assert keys[0] and keys[0] == keys[1] == keys[2]


def test_nobody_takes_it_and_the_next_is_told(lived: Lived) -> None:
    kept, hand = lived.rooms.store, lived.hand
    kept.officers.add(Officer("truong-phong", "Trưởng phòng", "truong@mau.example", ("leader",)), "x")
    waiting = kept.judged.count(WAITING)
    assert waiting
    hand.set(hand() + timedelta(hours=2))
    assert asyncio.run(ringing.escalate(lived.rooms)) == waiting
    assert asyncio.run(ringing.escalate(lived.rooms)) == 0, "once told, it waits again"
    for judged in kept.judged.page(WAITING, 50, 0):
        kept.cases.decide(judged.document.key, "confirmed", "truong-phong", hand(), "đã xem")
    hand.set(hand() + timedelta(hours=2))
    assert asyncio.run(ringing.escalate(lived.rooms)) == 0


def test_a_mail_server_that_is_away_loses_nothing(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise MailUnavailable("không kết nối được")

    kept = lived.rooms.store
    kept.outbox.add([message(created_at=lived.hand())])
    monkeypatch.setattr("alerts.mail.send", away)
    assert asyncio.run(sending.send(lived.rooms)) == 0
    monkeypatch.undo()
    waiting = [mail for mail in kept.outbox.list(1000) if mail.state == "queued"]
    assert waiting and all("không kết nối được" in (mail.error or "") for mail in waiting)
    lived.hand.set(lived.hand() + timedelta(hours=1))
    assert asyncio.run(sending.send(lived.rooms)) == len(waiting)


def test_a_text_on_which_the_judge_breaks_is_told_to_a_person(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [judged.document for judged in lived.rooms.store.judged.page(store.Filter(), 3, 0)]
    real = jobs.judging.assess

    def breaks(models: Path | None, texts: list, *_: object) -> list:  # type: ignore[type-arg]
        if any(text.id == documents[1].key for text in texts):
            raise ValueError("hỏng")
        return real(models, texts)

    monkeypatch.setattr(jobs.judging, "assess", breaks)
    found = jobs.answers(lived.rooms, documents)
    assert [answer.id for answer, _ in found] == [document.key for document in documents]
    assert found[1][0].sentiment is None and found[0][0].sentiment is not None
