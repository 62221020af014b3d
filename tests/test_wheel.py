"""The wheel, unpacked alone and run from an empty directory: everything it needs is in it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    files = subprocess.run(["git", "ls-files", "-z"], cwd=HOUSE, capture_output=True, check=True).stdout.split(b"\0")
    for name in (one.decode() for one in files if one):
        if (HOUSE / name).is_file() and not name.startswith(("tests/", "benchmarks/", "docs/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((HOUSE / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(place),
        str(source),
    ]
    subprocess.run(command, check=True, timeout=240)
    return next(place.glob("langnghe-*.whl"))


def test_it_carries_its_data_and_no_tests(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "knowledge/facts.toml", "crawlers/catalogue/press.toml", "nlp/models/weights.npz", "desk/templates/base.html", "desk/static/desk.css",
        "alerts/templates/daily.html", "store/migrations/env.py", "pipeline/sample/outlets.toml", "records/__init__.py", "config.py",
    ):  # fmt: skip
        assert wanted in names, wanted
    assert not [name for name in names if name.startswith(("tests/", "benchmarks/"))]


@pytest.mark.slow
def test_it_works_from_an_empty_directory(wheel: Path, tmp_path: Path) -> None:
    package, empty = tmp_path / "package", tmp_path / "empty"
    zipfile.ZipFile(wheel).extractall(package)
    empty.mkdir()
    env = {"PYTHONPATH": str(package), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

    def langnghe(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "pipeline", *arguments],
            cwd=empty,
            env=env,
            capture_output=True,
            text=True,
            timeout=240,
        )

    (empty / "vao.jsonl").write_text(
        json.dumps({"id": "1", "title": "Lương hưu tháng 9", "text": "Lịch chi trả lương hưu."}) + "\n"
    )
    ran = langnghe("assess", "vao.jsonl", "ra.jsonl")
    assert ran.returncode == 0, ran.stderr
    assert json.loads((empty / "ra.jsonl").read_text())["relevance"] == 2
    assert langnghe("source", "list").returncode == 0
    (empty / "langnghe.toml").write_text('[crawl]\nsources = "nguon.toml"\n[judging]\nworkers = 0\n[mail]\nport = 1\n')
    (empty / "nguon.toml").write_text(
        '[[source]]\nid = "a"\nname = "A"\nhomepage = "http://127.0.0.1:9/"\nkind = "press"\ntier = 1\ngrade = "A"\nfeeds = ["http://127.0.0.1:9/rss"]\n'
    )
    ran = langnghe("run", "--once")
    assert ran.returncode == 0, ran.stderr
    assert (empty / "var" / "langnghe.db").exists()
    doctor = langnghe("doctor", "--json")
    assert "127.0.0.1" in doctor.stdout, "the refused loopback source is named"
