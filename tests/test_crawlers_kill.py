"""A crawl killed at random moments loses nothing and doubles nothing; the large version is benchmarks/crawl_kills.py."""

from __future__ import annotations

import pytest

from benchmarks.crawl_kills import storm


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_crawl_killed_again_and_again_ends_whole(seed: int) -> None:
    figures = storm(pages=300, kills=6, seed=seed, hosts=10)
    assert figures["kills"] == 6
    assert figures["lost"] == figures["strange"] == figures["doubled"] == 0 and figures["integrity_check"] == "ok"
    assert figures["in_flight_at_a_kill"] <= figures["allowed_in_flight"]
    assert figures["fetched_again"] <= figures["kills"] * figures["allowed_in_flight"]
