"""The canonical address is the identity of an article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.address import MAX_LENGTH, at_home, canonical, same_article, same_site
from records import BadInput

PORTAL = "https://baohiemxahoi.gov.vn/tintuc/Pages/linh-vuc-bao-hiem-xa-hoi.aspx"


@pytest.mark.parametrize(
    ("given_", "wanted"),
    [
        ("HTTPS://VnExpress.NET:443/a-1234567.html#box", "https://vnexpress.net/a-1234567.html"),
        ("http://tuoitre.vn:80", "http://tuoitre.vn/"),
        ("http://127.0.1.1:8800/a", "http://127.0.1.1:8800/a"),
        ("https://vnexpress.net./a", "https://vnexpress.net/a"),
        ("https://a.vn/x?utm_source=f&utm_medium=y&fbclid=1&b=2&a=1", "https://a.vn/x?a=1&b=2"),
        ("https://vnexpress.net/a-1234567.html?vn_source=rss&x=1", "https://vnexpress.net/a-1234567.html"),
        ("https://tuoitre.vn/a-20260307075519174.htm?print=1", "https://tuoitre.vn/a-20260307075519174.htm"),
        (f"{PORTAL}?ItemID=2&CateID=168", f"{PORTAL}?CateID=168&ItemID=2"),
        (f"{PORTAL}?CateID=168&ItemID=2&utm_campaign=x#top", f"{PORTAL}?CateID=168&ItemID=2"),
        ("https://a.gov.vn/xem.aspx/12345.aspx?id=9", "https://a.gov.vn/xem.aspx/12345.aspx?id=9"),
        ("https://a.vn/tin?id=", "https://a.vn/tin?id="),
        ("https://a.vn/b/../c/./d", "https://a.vn/c/d"),
        ("https://a.vn/b%c3%a0i%2Dm%E1%BB%9Bi", "https://a.vn/b%C3%A0i-m%E1%BB%9Bi"),
        ("https://a.vn/bài-mới", "https://a.vn/b%C3%A0i-m%E1%BB%9Bi"),
        ("https://a.vn/ba\u0300i", "https://a.vn/b%C3%A0i"),
        ("https://a.vn/x%2Fy", "https://a.vn/x%2Fy"),
        ("https://a.vn/%ff%fe", "https://a.vn/%FF%FE"),
        ("https://báo.vn/x", "https://xn--bo-mia.vn/x"),
        ("  https://a.vn/x  ", "https://a.vn/x"),
        ("https://[2400:cb00::1]/x", "https://[2400:cb00::1]/x"),
    ],
)
def test_one_article_has_one_address(given_: str, wanted: str) -> None:
    assert canonical(given_) == wanted


def test_portal_articles_that_differ_in_their_query_stay_apart() -> None:
    assert canonical(f"{PORTAL}?ItemID=1&CateID=168") != canonical(f"{PORTAL}?ItemID=2&CateID=168")


def test_a_relative_address_is_resolved() -> None:
    assert canonical("/a-1.html", "https://a.vn/muc/") == "https://a.vn/a-1.html"
    assert canonical("?ItemID=3", PORTAL) == f"{PORTAL}?ItemID=3"
    assert canonical("//b.vn/x", "https://a.vn/") == "https://b.vn/x"


@pytest.mark.parametrize(
    "bad",
    ["", "x", "/a", "ftp://a.vn/x", "javascript:alert(1)", "mailto:a@b.vn", "http://", "http://u:p@a.vn/", "http://a@b.vn/",
     "https://a b.vn/", "http://a.vn\\@b.vn/", "http://a.vn/\nx", "http://a.vn/\x00", "http://a.vn:99999/", "http://a.vn:x/",
     "http://[::1/", "http://a..vn/" + "x" * MAX_LENGTH, "http://" + "a" * 300 + "é.vn/"],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(bad: str) -> None:
    with pytest.raises(BadInput):
        canonical(bad)


@given(st.text(max_size=60), st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), max_size=4))
def test_canonical_is_stable_and_never_raises_anything_else(path: str, query: dict[str, str]) -> None:
    url = f"https://bao.vn/{path}?" + "&".join(f"{key}={value}" for key, value in query.items())
    try:
        once = canonical(url)
    except BadInput:
        return
    assert canonical(once) == once
    assert once.isascii() and "#" not in once


def test_sites_and_articles() -> None:
    assert same_site("vnexpress.net", "m.vnexpress.net") and same_site("www.vietnamplus.vn", "vietnamplus.vn")
    assert same_site("suckhoe.dantri.com.vn", "dantri.com.vn")
    assert not same_site("vnexpress.net", "evnexpress.net") and not same_site("127.0.0.1", "127.0.0.2")
    assert same_article("https://m.vnexpress.net/cu-5047363.html", "https://vnexpress.net/moi-5047363.html")
    assert not same_article("https://vnexpress.net/a-5047363.html", "https://vnexpress.net/a-5047364.html")
    assert same_article("http://a.vn/bai?x=1", "https://a.vn/bai?x=1")
    assert not same_article(f"{PORTAL}?ItemID=1", f"{PORTAL}?ItemID=2") and not same_article(
        f"{PORTAL}?ItemID=1", PORTAL
    )


def test_an_address_is_brought_to_its_outlets_own_host() -> None:
    assert at_home("http://vietnamplus.vn/a?b=1", "https://www.vietnamplus.vn") == "https://www.vietnamplus.vn/a?b=1"
    assert at_home("https://a.vn/x", "http://www.a.vn/") == "https://www.a.vn/x"
    for other in ("https://m.a.vn/x", "https://b.vn/x", "http://a.vn:8080/x", "http://127.0.1.1:8800/x"):
        assert at_home(other, "https://a.vn/") == other
    assert at_home("http://127.0.1.1:8800/x", "http://127.0.1.1:8800/") == "http://127.0.1.1:8800/x"
