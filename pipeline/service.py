"""The long-lived process: one asyncio loop with the timetable, Scrapy on the same loop, the desk as a process beside it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import config
import crawlers.collect
from pipeline import catalogue, clock, jobs, schedule
from pipeline.doors import Rooms
from pipeline.say import say
from records import BadSetting

THREADS = 16
"""more than there are jobs: none waits for another's thread"""
PACE = 30
"""seconds between two looks at the timetable itself"""
AGAIN, PATIENCE = 5, 10
"""seconds before a desk that died is started again; seconds a desk has to end"""


def run(rooms: Rooms, once: bool, settings_file: Path | None = None) -> None:
    """Runs until SIGTERM or SIGINT, or one round. `settings_file`: what the desk reads, where it is not the usual one."""
    if once:
        asyncio.run(_once(rooms))
        return
    environment = config.environment(settings_file) if settings_file else None
    asyncio.run(_until_told(rooms, environment))


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


async def _until_told(rooms: Rooms, environment: Mapping[str, str] | None) -> None:
    crawlers.collect.ready()
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="job"))
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, told.set)
    scheduler = schedule.start(rooms)
    beside = asyncio.create_task(desk(rooms.settings.desk.host, rooms.settings.desk.port, environment))
    await asyncio.to_thread(catalogue.publish, rooms)
    say(f"Lắng Nghe đang chạy, đọc {len(catalogue.read(rooms))} trên {len(rooms.sources)} nguồn. Dừng: Ctrl+C.")
    while not told.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PACE):
                await told.wait()
        schedule.keep_pace(scheduler, clock.wall())
    say("Đang dừng; việc dở dang sẽ được làm tiếp lần sau.")
    rooms.stopping.set()
    scheduler.shutdown(wait=False)
    beside.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await beside


async def desk(host: str, port: int, environment: Mapping[str, str] | None = None) -> None:
    """Keeps the desk running as a process of its own until cancelled; one that dies is started again. Port 0: none."""
    if port == 0:
        return
    command = (sys.executable, "-m", "pipeline.desk_process", host, str(port))
    say(f"Bàn làm việc: http://{host}:{port}")
    while True:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, env=environment, start_new_session=True
        )
        try:
            code = await process.wait()
        finally:
            await stopped(process)
        say(f"Bàn làm việc đã dừng (mã {code}); {AGAIN} giây nữa mở lại. Cổng {port} có đang bận không?", error=True)
        await asyncio.sleep(AGAIN)


async def stopped(process: asyncio.subprocess.Process) -> None:
    """Ends the process: asked first, then made to."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(PATIENCE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
