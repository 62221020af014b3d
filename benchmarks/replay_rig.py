"""A rig for the recorded press stream: replay server with a request log, a mailbox, a configuration, the whole product as
its own process group. Needs ../shared; everything else lives in one working directory."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

HOUSE = Path(__file__).resolve().parents[1]
SHARED = HOUSE.parent / "shared"
STREAM = SHARED / "data" / "press_open.jsonl.xz"
OUTLETS = {"vnexpress": "127.0.1.1", "tuoitre": "127.0.1.2", "thanhnien": "127.0.1.3"}
NAMES = {"vnexpress": "VnExpress", "tuoitre": "Tuổi Trẻ", "thanhnien": "Thanh Niên"}
RECIPIENTS = ("truc-ban@langnghe.example", "to-truong@langnghe.example")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.1.1", 0))
        return int(probe.getsockname()[1])


def load_replay() -> ModuleType:
    spec = importlib.util.spec_from_file_location("replay", SHARED / "tools" / "replay.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def serve_replay(log: str, arguments: list[str]) -> None:
    """Runs replay.py unchanged in this process, writing each path asked for to `log`, with its answer and validator."""
    replay = load_replay()
    plain = replay.handler
    stream = Path(log).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 (open as long as the server)

    def logged(*args: Any) -> Any:
        handler = plain(*args)
        answer = handler.do_GET

        def do_get(self: Any) -> None:
            said: dict[str, str] = {}
            plain_response, plain_header = self.send_response, self.send_header
            self.send_response = lambda code, *rest: (said.update(code=str(code)), plain_response(code, *rest))
            self.send_header = lambda name, value: (said.update({name: str(value)}), plain_header(name, value))
            answer(self)
            known = said.get("ETag", "-").replace(" ", "")
            host = self.server.server_address[0]
            stream.write(f"{time.time():.3f} {host} {self.path} {said.get('code', '-')} {known}\n")

        handler.do_GET = do_get
        return handler

    replay.handler = logged
    sys.argv = ["replay.py", *arguments]
    replay.main()


@dataclass
class Rig:
    """Where everything of one measured run lies."""

    home: Path
    start: str
    speed: float
    seconds: float
    interval: int
    """seconds of the replay's clock between two polls of a source"""
    models: Path | None = None
    workers: int = 1
    port: int = 0

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        self.log = self.home / "requests.log"
        self.product: subprocess.Popen[bytes] | None = None

    @property
    def state(self) -> str:
        return f"http://127.0.1.1:{self.port}/replay/state"

    def write_sources(self) -> Path:
        rows = [
            f"""[[source]]
id = "{name}"
name = "{NAMES[name]}"
kind = "press"
homepage = "http://{host}:{self.port}/"
feeds = ["http://{host}:{self.port}/rss/home.rss"]
sitemaps = ["http://{host}:{self.port}/sitemap-news.xml"]
tier = 1
grade = "A"
interval = {self.interval}
"""
            for name, host in OUTLETS.items()
        ]
        file = self.home / "sources.toml"
        file.write_text("\n".join(rows), encoding="utf-8")
        return file

    def write_config(self, smtp_port: int) -> Path:
        loop = ", ".join(f'"{host}:{self.port}"' for host in OUTLETS.values())
        models = f'models = "{self.models.absolute()}"\n' if self.models else ""
        file = self.home / "langnghe.toml"
        file.write_text(
            f"""clock = "{self.state}"
data_dir = "var"
[crawl]
sources = "{self.write_sources()}"
allow_loopback = [{loop}]
delay = 0
interval = {self.interval}
[mail]
host = "127.0.0.1"
port = {smtp_port}
security = "none"
daily_to = {json.dumps(RECIPIENTS)}
urgent_to = {json.dumps(RECIPIENTS[:1])}
weekly_to = {json.dumps(RECIPIENTS[:1])}
[judging]
workers = {self.workers}
{models}[desk]
port = 0
[schedule]
collect = 0.5
digest = 0.5
send = 0.5
tell = 1
""",
            encoding="utf-8",
        )
        return file

    def start_replay(self) -> subprocess.Popen[bytes]:
        arguments = ["--data", str(STREAM), "--start", self.start, "--speed", str(self.speed)]
        arguments += ["--port", str(self.port), "--seconds", str(self.seconds + 600)]
        code = f"from benchmarks.replay_rig import serve_replay; serve_replay({str(self.log)!r}, {arguments!r})"
        process = subprocess.Popen([sys.executable, "-c", code], cwd=HOUSE, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                self.clock()
            except OSError:
                time.sleep(0.2)
            else:
                return process
        raise RuntimeError("replay did not start")

    def clock(self) -> datetime:
        with urllib.request.urlopen(self.state, timeout=5) as answer:
            return datetime.fromisoformat(json.load(answer)["clock"])

    def live(self) -> list[dict[str, Any]]:
        with urllib.request.urlopen(f"http://127.0.1.1:{self.port}/replay/live", timeout=60) as answer:
            return [json.loads(line) for line in answer.read().decode().splitlines()]

    def start_product(self) -> None:
        """The whole product in a process group of its own, so that one signal reaches all of it."""
        env = {**os.environ, "LANGNGHE_CONFIG": str(self.home / "langnghe.toml"), "PYTHONPATH": str(HOUSE)}
        out = (self.home / "product.log").open("ab")
        self.product = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "run"],
            cwd=self.home,
            env=env,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )

    def stop_product(self, how: signal.Signals = signal.SIGTERM) -> int:
        assert self.product
        os.killpg(self.product.pid, how)
        return self.product.wait(60)

    def article_requests(self) -> list[str]:
        """host + path of every article page asked for, in order."""
        skip = ("/robots.txt", "/rss/", "/sitemap", "/replay/")
        return [f"http://{host}:{self.port}{path}" for host, path, *_ in self.requests() if not path.startswith(skip)]

    def requests(self) -> list[tuple[str, ...]]:
        """(host, path, status, validator) of every request, in order."""
        rows = (line.split(" ") for line in self.log.read_text(encoding="utf-8").splitlines())
        return [tuple(row[1:]) for row in rows if len(row) == 5]

    def unchanged(self) -> tuple[int, int]:
        """Polls of a list that had not changed since it was last asked for, and how many of these were answered 304."""
        last: dict[tuple[str, str], str] = {}
        polls = spared = 0
        for host, path, status, known in self.requests():
            if path.startswith(("/rss/", "/sitemap")) and known != "-":
                if last.get((host, path)) == known:
                    polls, spared = polls + 1, spared + (status == "304")
                last[host, path] = known
        return polls, spared
