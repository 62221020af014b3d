"""The keeper: from posts of platforms to documents, through the intake, the one door to the store.

Names of authors never come this far; their ids end here as keyed hashes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import masking
from records import BadInput, Document

from ..intake import Intake, Kept
from ..sources import Source
from . import quota
from .talk import Mark, Post, Reading

NAMES = "mang-xa-hoi"
"""under which the other names of posts of every platform are remembered"""


class Keeper:
    def __init__(self, intake: Intake) -> None:
        self.intake, self.store = intake, intake.store

    def keep(self, source: Source, reading: Reading) -> dict[str, Kept]:
        """Store what an answer brought; gives what became of each key."""
        kept: dict[str, Kept] = {}
        for post in self._unmet(reading.posts):
            try:
                kept[post.key] = self.intake.keep(self.document(post, source))
            except BadInput as error:
                self.intake.problem("page", source.id, f"{post.key}: {error}")
        names = [name for post in reading.posts if post.key in kept for name in post.names]
        if names:
            self.store.lists.meet(NAMES, names, self.intake.clock())
        for name, mark in reading.marks.items():
            until = mark.until.isoformat() if mark.until else None
            self.store.sources.save_validators(source.id, name, mark.state or None, until)
        return kept

    def _unmet(self, posts: Iterable[Post]) -> list[Post]:
        """Those that say something, each once, and were not read elsewhere under another key."""
        said = {post.key: post for post in posts if post.title or post.text}
        names = [name for post in said.values() for name in post.names]
        met = self.store.lists.met(NAMES, names) if names else set()
        known = self.store.documents.known([key for key, post in said.items() if met.intersection(post.names)])
        return [post for key, post in said.items() if key in known or not met.intersection(post.names)]

    def document(self, post: Post, source: Source) -> Document:
        kind = source.printed if post.own else "post"
        author = masking.pseudonym(post.author, source.connector, self.intake.author_key) if post.author else None
        return Document(
            key=post.key,
            kind=kind,
            source=source.id,
            outlet=source.name,
            url=post.url,
            title=post.title or None,
            lead=None,
            body=post.text or None,
            published_at=post.published_at,
            first_seen=self.intake.clock().astimezone(UTC),
            author=author if kind == "post" else None,
            method="api",
            gaps=() if post.published_at else ("date",),
            reach=post.reach,
        )

    def mark(self, source: Source, name: str) -> Mark:
        state, until = self.intake.validators(source.id, name)
        return Mark(state or "", datetime.fromisoformat(until) if until else None)

    # ------------------------------------------------ tokens that change by use

    @property
    def can_keep(self) -> bool:
        """Whether a token that is used up by its use could be kept afterwards."""
        return self.store.credentials.can_keep

    def credential(self, name: str) -> str:
        return self.store.credentials.get(name) or ""

    def put_credential(self, name: str, value: str) -> None:
        self.store.credentials.put(name, value, self.intake.clock())

    def forget(self, name: str) -> None:
        self.store.credentials.drop(name)

    # ------------------------------------------------ quotas, for buckets of the settings

    def spend(self, bucket: str, spread: bool = True) -> bool:
        """Take one unit of a bucket; False where it has none left, or (spread over the day) none yet."""
        now, most = self.intake.clock(), self._most(bucket)
        return self.store.quotas.spend(bucket, quota.day(now), 1, quota.allowance(most, now) if spread else most)

    def use_up(self, bucket: str) -> None:
        """The platform says that the bucket is empty."""
        self.store.quotas.close(bucket, quota.day(self.intake.clock()), self._most(bucket))

    def refill(self, bucket: str, soon: timedelta) -> datetime:
        """When to ask again where a bucket gave nothing."""
        now = self.intake.clock()
        empty = self.store.quotas.used(bucket, quota.day(now)) >= self._most(bucket)
        return quota.reset(now) if empty else min(now + soon, quota.reset(now))

    def _most(self, bucket: str) -> int:
        social = self.intake.settings.social
        return {"youtube": social.youtube_units, "youtube-search": social.youtube_searches}[bucket]
