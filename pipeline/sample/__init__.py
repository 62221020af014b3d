"""The embedded demonstration web: invented outlets, a state portal and a forum, five weeks around 2026-09-01.

    with SampleWeb(clock) as web:
        web.sources      rows in the shape of crawlers/sources.toml (`sources_toml(port)`: the same as text)
        web.hosts        what `crawl.allow_loopback` must hold
        web.posts()      the forum's posts in the shape of an import file
    Mailbox(directory)   the SMTP receiver that keeps every mail as .eml (`pipeline.sample.mailbox`)

Everything in it is fiction, written for this product; facts of law agree with knowledge/facts.toml unless an item is
meant to be wrong. Items are data (`items/*.toml`). Their `expect` says what the product should answer:

    relevance   0, 1, 2; when 0 nothing else is said
    sentiment   default "neutral"          target    default "none"         feedback  default "none"
    topics      main one first             provinces default []             story     items with one name tell one event
    acts        [[clause, mode], ...]      claim     [verdict, fact id]     spam      true: kept out of every figure
    gaps        what the document lacks    refused   true: never becomes a document (no title, too large, forbidden ...)
"""

from .content import DEMO, START, load
from .sources import sources_toml
from .web import SampleWeb

__all__ = ["DEMO", "START", "SampleWeb", "load", "sources_toml"]
