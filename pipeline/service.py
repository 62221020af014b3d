"""The long-lived process: one asyncio loop with the timetable, Scrapy on the same loop, the desk as a process beside it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import config
import crawlers.collect
from pipeline import jobs, schedule
from pipeline.doors import Rooms
from pipeline.say import say
from records import BadSetting


def run(rooms: Rooms, once: bool, settings_file: Path | None = None) -> None:
    """Runs until SIGTERM or SIGINT, or one round. `settings_file`: what the desk reads, where it is not the usual one."""
    if once:
        asyncio.run(_once(rooms))
        return
    environment = config.environment(settings_file) if settings_file else None
    with desk(rooms.settings.desk.host, rooms.settings.desk.port, environment):
        asyncio.run(_until_told(rooms))


def free_port(ports: Sequence[int]) -> int:
    """The first of `ports` that nobody listens on. Raises BadSetting."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise BadSetting(f"desk.port: các cổng {ports[0]}-{ports[-1]} đều đang bận")


def collect_now(rooms: Rooms, sources: Sequence[str]) -> list[crawlers.collect.Collected]:
    async def collecting() -> list[crawlers.collect.Collected]:
        crawlers.collect.ready()
        return await jobs.collect(rooms, sources)

    return asyncio.run(collecting())


async def _once(rooms: Rooms) -> None:
    crawlers.collect.ready()
    await schedule.once(rooms)


async def _until_told(rooms: Rooms) -> None:
    crawlers.collect.ready()
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)
    scheduler = schedule.start(rooms)
    say(f"Lắng Nghe đang chạy với {len(rooms.sources)} nguồn. Dừng: Ctrl+C.")
    await told.wait()
    say("Đang dừng; việc dở dang sẽ được làm tiếp lần sau.")
    scheduler.shutdown(wait=False)


@contextlib.contextmanager
def desk(host: str, port: int, environment: Mapping[str, str] | None = None) -> Iterator[None]:
    """The desk as a process of its own while the block runs; port 0: none."""
    if port == 0:
        yield
        return
    command = [sys.executable, "-m", "uvicorn", "desk.app:create", "--factory", "--host", host, "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "warning", "--no-server-header"], env=environment)  # noqa: S603
    try:
        say(f"Bàn làm việc: http://{host}:{port}")
        yield
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
