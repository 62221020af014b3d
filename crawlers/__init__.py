"""Crawlers: bytes from outside -> Document.

The way of one article: `sources` (which outlets) -> `spiders` (feed, sitemap or listing -> links; what the store knows
is dropped before fetching) -> `pages` (bytes -> Page, pure) -> `intake` (the one door to the store).
`guard` decides on every connection, `manners` on robots.txt and waiting, `settings` holds the limits.
"""
