"""The dashboard: figures that lead to their items, charts that need no colour, the map, running clocks."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from desk import charts, clocks, tiles
from tests.desk_support import NOW, Rig, document, rig


@pytest.fixture
def desk(tmp_path: Path) -> Rig:
    made = rig(tmp_path)
    made.store.tallies.recount(NOW)
    return made


def test_every_figure_leads_to_as_many_items_as_it_says(desk: Rig) -> None:
    client = desk.client("leader")
    page = client.get("/tong-quan").text
    figures = re.findall(r'<a class="figure" href="([^"]+)"><b>([\d.]+)</b>', page)
    figures += re.findall(r'<a href="(/tin[^"]+)">[^<]*</a></th><td class="num">([\d.]+)</td>', page)
    assert len(figures) > 10
    for address, count in figures:
        shown = client.get(address.replace("&amp;", "&")).text.count("<li data-item>")
        assert shown == int(count), address


def test_a_correction_shows_after_the_next_count(desk: Rig) -> None:
    desk.store.cases.decide(document(1).key, "dismissed", "duty_officer", NOW, "nhầm")
    assert "Đang đếm lại 1 ngày" in desk.client("leader").get("/tong-quan").text
    desk.store.tallies.recount(NOW)
    assert "Đang đếm lại" not in desk.client("leader").get("/tong-quan").text


def test_the_map_has_every_province_once_and_the_archipelagos(desk: Rig) -> None:
    assert set(tiles.PLACES) == {province.name for province in knowledge.load().provinces}
    everywhere = [*tiles.PLACES.values(), *tiles.ISLANDS.values()]
    assert len(set(everywhere)) == len(everywhere)
    assert all(0 <= x < tiles.COLUMNS and 0 <= y < tiles.ROWS for x, y in everywhere)
    page = desk.client("viewer").get("/tong-quan").text
    assert "Hoàng Sa" in page and "Trường Sa" in page and 'aria-label="Huế: 1 tin"' in page


def test_a_running_clock_says_how_long_it_has(desk: Rig) -> None:
    desk.store.cases.impact_confirmed(document(1).key, "duty_officer", NOW)
    desk.now[0] = NOW + timedelta(hours=19, minutes=30)
    assert "còn 4 giờ 30 phút" in desk.client("leader").get("/tong-quan").text
    (late,) = clocks.running(desk.store, knowledge.load(), NOW + timedelta(hours=26))
    assert late.text == "quá hạn 2 giờ 00 phút"
    desk.store.cases.first_statement(document(1).key, "duty_officer", NOW)
    assert clocks.running(desk.store, knowledge.load(), NOW) == []


def test_a_source_in_trouble_is_named(desk: Rig) -> None:
    desk.store.sources.polled("bao-hong", NOW, False, "hết giờ", 0, 0)
    assert "bao-hong" in desk.client("leader").get("/tong-quan").text


@pytest.mark.parametrize("span", ["7", "30", "90", "x", ""])
def test_any_span_is_a_page(desk: Rig, span: str) -> None:
    assert desk.client("viewer").get(f"/tong-quan?ngay={span}").status_code == 200


def test_a_desk_without_items_has_a_dashboard(tmp_path: Path) -> None:
    assert "Chưa có tin nào trong thời gian này" in rig(tmp_path).client("viewer").get("/tong-quan").text


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(0, 10**6), max_size=3), min_size=1, max_size=90))
def test_columns_stay_inside_the_drawing(counts: list[dict[str, int]]) -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(len(counts))]
    stacks = {
        name: {day.isoformat(): one.get(name, 0) for day, one in zip(days, counts, strict=True)} for name in "abc"
    }
    drawn = charts.columns(days, stacks, "abc")
    for bar in drawn.bars:
        assert bar.y >= -0.1 and bar.y + bar.height <= charts.HEIGHT + 0.1 and bar.x + bar.width <= charts.WIDTH
    assert sum(bar.count for bar in drawn.bars) == sum(sum(one.values()) for one in counts)
    assert len(drawn.dates) <= 11 and drawn.dates[-1][1] == f"{days[-1].day:02}/{days[-1].month}"


@given(st.integers(0, 10**9))
def test_the_scale_holds_its_count(count: int) -> None:
    top = charts.ceiling(count)
    assert top >= count and top % 2 == 0


@given(st.integers(0, 1000), st.integers(0, 1000))
def test_a_level_is_nothing_only_for_nothing(count: int, more: int) -> None:
    found = tiles.level(count, count + more)
    assert (found == 0) == (count == 0) and found <= tiles.LEVELS
