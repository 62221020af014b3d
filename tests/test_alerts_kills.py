"""kill -9 anywhere between a judgement and the server's "250", and several senders: nothing lost, copies only of what was in
its last step, under the same Message-ID. The full figures: `python -m benchmarks.alert_kills`."""

from __future__ import annotations

import pytest

from benchmarks.alert_kills import crowd, killed

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_kills_lose_nothing(cluster: object, kind: str) -> None:
    found = killed(kind, alerts=100, kills=20, seed=3)
    assert found["kills"] >= 15
    assert found["in_the_outbox"] == found["message_ids_taken"] == found["judged"] == 100
    assert (found["lost"], found["strange"], found["states"]) == (0, 0, {"sent": 100})
    assert found["copies_under_the_same_id"] <= found["kills"]
    assert found["most_in_doubt_at_a_kill"] <= 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_three_senders_double_nothing(cluster: object, kind: str) -> None:
    found = crowd(kind, 1000)
    assert found["message_ids_taken"] == 1000 and found["copies_under_the_same_id"] == 0
    assert found["states"] == {"sent": 1000}
