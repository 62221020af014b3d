"""The processes: the desk is started again when it dies, and ends with the process that started it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import structlog

import config
import store
from pipeline import __main__ as main
from pipeline import keys, service

PORTS = range(24_100, 24_400)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A directory with what a desk opens; the path of its settings."""
    keys.ensure(tmp_path)
    store.create(f"sqlite:///{tmp_path / 'langnghe.db'}")
    file = tmp_path / "langnghe.toml"
    file.write_text('data_dir = "."\n[desk]\nsecure_cookies = false\n', encoding="utf-8")
    return file


async def alive(port: int) -> None:
    """Returns when the desk answers."""
    address = f"http://127.0.0.1:{port}/khoe"
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(OSError):
                (await asyncio.to_thread(urllib.request.urlopen, address, timeout=5)).close()
                return
            await asyncio.sleep(0.1)


@pytest.mark.slow
def test_a_desk_that_dies_is_started_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[asyncio.subprocess.Process] = []
    start = asyncio.create_subprocess_exec

    async def starting(*command: str, **named: object) -> asyncio.subprocess.Process:
        started.append(await start(*command, **named))  # type: ignore[arg-type]
        return started[-1]

    async def story() -> None:
        port = service.free_port(PORTS[os.getpid() % 100 :])
        keeping = asyncio.create_task(service.desk("127.0.0.1", port, config.environment(home)))
        await alive(port)
        started[0].send_signal(signal.SIGKILL)
        await started[0].wait()
        await alive(port)
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping

    monkeypatch.setattr(asyncio, "create_subprocess_exec", starting)
    monkeypatch.setattr(service, "AGAIN", 0)
    asyncio.run(story())
    assert len(started) == 2 and started[1].returncode is not None, "it ends with the block"


def test_a_desk_ends_with_its_starter(home: Path) -> None:
    port = service.free_port(PORTS[100 + os.getpid() % 100 :])
    command = [sys.executable, "-m", "pipeline.desk_process", "127.0.0.1", str(port)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=config.environment(home)) as desk:
        asyncio.run(alive(port))
        assert desk.stdin is not None
        desk.stdin.close()  # what a killed starter leaves behind
        desk.wait(30)


def test_a_desk_that_cannot_open_says_why(tmp_path: Path) -> None:
    file = tmp_path / "langnghe.toml"
    file.write_text("[desk]\nport = 99999\n", encoding="utf-8")
    command = [sys.executable, "-m", "pipeline.desk_process", "127.0.0.1", "0"]
    streams = {"stdin": subprocess.PIPE, "stderr": subprocess.PIPE, "env": config.environment(file)}
    with subprocess.Popen(command, text=True, **streams) as desk:  # type: ignore[call-overload]
        said = desk.stderr.read()
        assert desk.wait(60) == 2 and "desk.port" in said and "Traceback" not in said


def test_a_trace_in_the_log_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "-".join(["mật", "khẩu"])
    main.plain_traces()
    try:
        raise RuntimeError("hỏng" if secret else "")
    except RuntimeError:
        structlog.get_logger().exception("job_broken", job="send")
    finally:
        structlog.reset_defaults()
    said = capsys.readouterr().out
    assert "RuntimeError: hỏng" in said and "test_pipeline_service.py" in said and secret not in said
