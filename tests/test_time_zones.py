"""The host's time zone changes nothing: what has to do with days, hours and weeks runs under four of them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
HOUSE = Path(__file__).resolve().parents[1]
FILES = (
    "test_vietnamese.py",
    "test_alerts_rules.py",
    "test_alerts_messages.py",
    "test_store_figures.py",
    "test_pipeline_clock.py",
    "test_pipeline_editions.py",
)
ONE = "test_alerts_engine.py::test_quiet_hours_end_in_the_morning_and_hold_no_threat_back"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Ho_Chi_Minh", "Pacific/Apia"])
def test_the_hosts_zone_changes_nothing(zone: str) -> None:
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-m", "not slow", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, *(f"tests/{name}" for name in (*FILES, ONE))], cwd=HOUSE, env={**os.environ, "TZ": zone}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:]
