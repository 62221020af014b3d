"""Who guards the guard, with the real processes: each part of a running product is stopped in turn. The watchdog, a process
with settings and a mail server of its own, tells it once, and once more when it is over; what was published meanwhile is
judged and sent, once. Minutes are seconds here; that an alarm is in time is counted in the watchdog's looks."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import store
from tests.store_support import Cluster, binaries
from tests.watched_support import DEADLINE, JOB, LATE, LOOK, PATIENCE, Watched, installation, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """A PostgreSQL of this file's own: it is stopped and started."""
    programs = binaries()
    if programs is None:
        pytest.skip("needs a PostgreSQL server (package postgresql)")
    made = Cluster(programs)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def watched(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with installation(tmp_path_factory.mktemp("canh"), server.new()) as running:
        yield running


@contextlib.contextmanager
def told_once(watched: Watched, words: str, limit: float) -> Iterator[Callable[[], None]]:
    """Within the block something is out of order: gives what waits for the alarm. After the block it must be over.

    The alarm names `words`, comes within twice `limit` seconds by the watchdog's looks, and is the only one."""
    watched.troubles += 1
    before, well = len(watched.told.mails), watched.looks_well()

    def alarmed() -> None:
        until(lambda: len(watched.told.mails) > before, f"cảnh báo “{words}”")
        looks = watched.looks_well() - well
        print(f"{words}: told after {looks} looks; twice the time set are {2 * limit / LOOK:.0f}")
        assert looks <= 2 * limit / LOOK

    yield alarmed
    until(lambda: len(watched.told.mails) > before + 1, f"báo đã hết “{words}”")
    watched.goes_well(looks=4)
    alarm, over = watched.told.subjects()[before:]
    assert words in alarm and "đã hết" not in alarm
    assert "đã hết" in over


def test_a_stopped_scheduler(watched: Watched) -> None:
    with told_once(watched, "không thấy nhịp tim", PATIENCE) as alarmed:
        watched.signal(signal.SIGSTOP)
        title = watched.publish()
        alarmed()
        watched.signal(signal.SIGCONT)
    watched.arrives(title)


def test_a_spider_killed_while_it_collects(watched: Watched) -> None:
    """It runs in the main process: what is killed is the whole product, in the middle of a page."""
    asked = Event()

    def never(_request: Any) -> None:
        asked.set()
        Event().wait(DEADLINE)

    with told_once(watched, "không thấy nhịp tim", PATIENCE) as alarmed:
        title = watched.publish(never)
        assert asked.wait(DEADLINE)
        watched.end("product")
        alarmed()
        watched.forum.put(f"/t/rao-vat.{len(watched.published)}/", watched.thread(len(watched.published)))
        watched.begin_product()
    watched.arrives(title)


def test_a_crawl_that_hangs(watched: Watched) -> None:
    """The scheduler lives, yet no poll ends any more."""
    page, goes_on = watched.forum.pages["/rss"], Event()

    def slow(request: Any) -> None:
        goes_on.wait(DEADLINE)
        request.close_connection = True

    with told_once(watched, "không hỏi được nguồn nào", LATE) as alarmed:
        watched.forum.pages["/rss"] = slow
        alarmed()
        watched.forum.pages["/rss"] = page
        goes_on.set()


def test_a_stopped_judge(watched: Watched) -> None:
    worker = watched.worker()
    with told_once(watched, "việc đánh giá không chạy được", JOB) as alarmed:
        os.kill(worker, signal.SIGSTOP)
        title = watched.publish()
        alarmed()
        assert title not in watched.arrivals()
        os.kill(worker, signal.SIGCONT)
    watched.arrives(title)


def test_a_mail_server_that_hangs(watched: Watched) -> None:
    """The sender is part of the main process; what stops it from outside is its server. The watchdog has another."""
    with told_once(watched, "thư chờ gửi", LATE) as alarmed:
        watched.taken.answers.clear()
        title = watched.publish()
        alarmed()
        watched.taken.answers.set()
    watched.arrives(title)


def test_a_database_that_is_gone(watched: Watched, server: Cluster) -> None:
    with told_once(watched, "cơ sở dữ liệu", PATIENCE) as alarmed:
        server.stop("immediate")
        title = watched.publish()
        alarmed()
        server.start()
    watched.arrives(title)


def test_nothing_was_lost_nothing_came_twice_and_nothing_more_was_told(watched: Watched) -> None:
    watched.goes_well(looks=int(JOB / LOOK))
    assert watched.arrivals() == dict.fromkeys(watched.published, 1)
    assert len(watched.told.mails) == 2 * watched.troubles, watched.told.subjects()


def test_a_database_file_that_is_gone(tmp_path: Path) -> None:
    """SQLite: garbage lies in the place of the file, which is moved back later."""
    with installation(tmp_path, "") as watched:
        with told_once(watched, "cơ sở dữ liệu", PATIENCE) as alarmed:
            moved(watched, tmp_path / "var", tmp_path)
            (tmp_path / "var" / "langnghe.db").write_bytes(b"khong phai co so du lieu" * 1000)
            title = watched.publish()
            alarmed()
            moved(watched, tmp_path, tmp_path / "var")
        watched.arrives(title)
        assert watched.arrivals() == dict.fromkeys(watched.published, 1)
        kept = store.open(f"sqlite:///{tmp_path / 'var' / 'langnghe.db'}")
        assert kept.documents.count() == len(watched.published)
        kept.close()


def moved(watched: Watched, here: Path, there: Path) -> None:
    """Moves the database with what belongs to it, while nobody opens it."""
    watched.signal(signal.SIGSTOP)
    for name in ("langnghe.db", "langnghe.db-wal", "langnghe.db-shm"):
        (here / name).replace(there / name)
    watched.signal(signal.SIGCONT)
