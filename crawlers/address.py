"""The canonical address: what makes two addresses the same article.

Dropped: fragment, default port, tracking parameters, letter case of scheme and host, needless percent-encoding, and
the query of an address whose path already names the article by number. Every other query is kept, sorted: on portals
such as baohiemxahoi.gov.vn the query alone tells articles apart. This file opens nothing.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

from records import BadInput

MAX_LENGTH = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"^(utm_.*|vn_(source|campaign|medium|term|thumb|zone)|fb_.*|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid"
    r"|twclid|ttclid|igshid|igsh|mibextid|gidzl|zarsrc|zalo_.*|mc_(cid|eid)|_ga|_gl|_hs(enc|mi)|spm|cmpid|s_cid|xtor"
    r"|at_(medium|campaign).*|itm_.*|pk_.*|amp|phpsessid|jsessionid|aspsessionid\w*|gaa_.*|ref_(src|url)|wt_.*)$",
    re.IGNORECASE,
)
_SESSION = re.compile(r";(jsessionid|phpsessid|sid)=[^/;?]{0,200}", re.IGNORECASE)
_NUMBERED = re.compile(r"(?<!\d)\d{5,}(\.(?!aspx?|php|jsp)[a-z]{2,5})?$", re.IGNORECASE)
"""a path that ends in the article's own number: nothing in its query identifies it any further"""

_DATE = re.compile(
    r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])(20)?\d\d|(20)?\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|20\d\d(0[1-9]|1[0-2])"
)
_PLACE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,20}:(?://[^/?#]*)?|//[^/?#]*")
"""scheme and host: a space in them makes an address none"""
_NOT_THERE = re.compile(
    r"/(error[-_/]?)?(404|410|not[-_]?found|page[-_]?not[-_]?found|khong[-_]tim[-_]thay([-_]trang)?)(\.[a-z]{3,5})?$"
)


def canonical(url: str, base: str = "") -> str:
    """The identity of an address. `base` resolves a relative one. Raises BadInput for what is no http(s) address."""
    parts = _split(_resolved(url.strip(), base), url)
    host = host_of(parts)
    port = parts.port
    place = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        place += f":{port}"
    path = _path(parts.path)
    query = "" if _NUMBERED.search(path) else _query(parts.query)
    result = urlunsplit((parts.scheme, place, path, query, ""))
    if len(result) > MAX_LENGTH:
        raise BadInput(f"địa chỉ dài quá {MAX_LENGTH} ký tự: {result[:80]}…")
    return result


def host_of(parts: SplitResult) -> str:
    """Lower-case ASCII host without the trailing dot. Raises BadInput."""
    try:
        host = (parts.hostname or "").rstrip(".")
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise BadInput(f"tên máy chủ không hợp lệ: {parts.netloc!r}") from error
    if not re.fullmatch(r"[a-z0-9._-]+|[0-9a-f:.]+", host):
        raise BadInput(f"tên máy chủ không hợp lệ: {parts.netloc!r}")
    return host


def same_article(one: str, other: str) -> bool:
    """Whether two canonical addresses name one article: the same number in the path, or the same path and query."""
    first, second = urlsplit(one), urlsplit(other)
    numbers = [_NUMBERED.search(parts.path) for parts in (first, second)]
    if numbers[0] and numbers[1]:
        return numbers[0][0].split(".")[0] == numbers[1][0].split(".")[0]
    return (first.path, first.query) == (second.path, second.query)


def names(key: str) -> tuple[str, ...]:
    """What an article of one source is recognised by under another address: its place without scheme, "www.", "m." and
    last slash, and the number its path ends in (not where that may be a date, which many articles share)."""
    parts = urlsplit(key)
    place = f"{bare(parts.netloc)}{parts.path.rstrip('/')}" + (f"?{parts.query}" if parts.query else "")
    numbered = _NUMBERED.search(parts.path)
    number = numbered[0].split(".")[0] if numbered else ""
    return (place, f"#{number}") if len(number) >= 6 and not _DATE.fullmatch(number) else (place,)


def same_site(host: str, other: str) -> bool:
    """Whether two hosts belong to one outlet: equal, or one a subdomain of the other ("www." and "m." aside)."""
    one, two = bare(host), bare(other)
    return one == two or one.endswith("." + two) or two.endswith("." + one)


def at_home(url: str, homepage: str) -> str:
    """A canonical address with the scheme and host its outlet uses, where only http or "www." tells them apart."""
    one, home = urlsplit(url), urlsplit(homepage)
    host, own = one.hostname or "", (home.hostname or "").lower()
    if one.port or home.port or ":" in own or host.removeprefix("www.") != own.removeprefix("www."):
        return url
    scheme = "https" if "https" in (one.scheme, home.scheme) else one.scheme
    return urlunsplit((scheme, own, one.path, one.query, ""))


def spaced(url: str) -> str:
    """An address as a browser understands one with spaces in its path or query, as many notices name their files."""
    place = _PLACE.match(url.strip())
    start = place[0] if place else ""
    return start + url.strip()[len(start) :].replace(" ", "%20")


def nowhere(url: str, homepage: str) -> bool:
    """Whether an address is the front page of a site, or its page for what is not there: where some send the readers of an
    article they removed, instead of saying 404."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/").lower()
    fronts = ("", urlsplit(homepage).path.rstrip("/").lower())
    return (path in fronts and not parts.query) or _NOT_THERE.search(path) is not None


def bare(host: str) -> str:
    """A host without what only says how a site is shown."""
    return re.sub(r"^(www|m|amp)\.", "", host.lower())


def _resolved(url: str, base: str) -> str:
    try:
        return urljoin(base, url) if base else url
    except ValueError as error:
        raise BadInput(f"địa chỉ không hợp lệ: {url[:200]!r}") from error


def _split(text: str, shown: str) -> SplitResult:
    if re.search(r"[\x00-\x20\x7f\\]", text):
        raise BadInput(f"địa chỉ có ký tự không được phép: {shown[:200]!r}")
    try:
        parts = urlsplit(unicodedata.normalize("NFC", text))
        _ = parts.port
    except ValueError as error:
        raise BadInput(f"địa chỉ không hợp lệ: {shown[:200]!r}") from error
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise BadInput(f"không phải địa chỉ http(s): {shown[:200]!r}")
    if "@" in parts.netloc:
        raise BadInput(f"địa chỉ mang tên người dùng: {shown[:200]!r}")
    return parts


def _path(path: str) -> str:
    kept: list[str] = []
    for segment in _SESSION.sub("", path).split("/")[1:]:
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(_segment(segment))
    return "/" + "/".join(kept)


def _segment(segment: str) -> str:
    try:
        plain = unicodedata.normalize("NFC", unquote(segment, errors="strict"))
    except UnicodeDecodeError:
        plain, segment = "", re.sub(r"%[0-9a-fA-F]{2}", lambda m: m[0].upper(), segment)
    return quote(plain, safe="!$&'()*+,;=:@~-._") if plain or not segment else segment


def _query(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=100) if query else []
    kept = sorted((unicodedata.normalize("NFC", k), unicodedata.normalize("NFC", v)) for k, v in pairs)
    return urlencode([(key, value) for key, value in kept if not _TRACKING.match(key)])
