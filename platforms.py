"""Settings of the official interfaces of platforms: the section `social` of the configuration."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

Interface = Annotated[
    str, StringConstraints(pattern=r"^(https://[a-z0-9.-]+|http://127\.0\.0\.1:\d{1,5})(/[\w.]+)?$", max_length=200)
]
"""where an interface answers: https; plain http on loopback alone"""


class Social(BaseModel):
    """What the official interfaces of platforms ask for. The keys are secrets: LANGNGHE_SOCIAL__YOUTUBE_KEY and so on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    youtube_key: SecretStr | None = None
    youtube_units: int = Field(default=10_000, ge=1, le=10**9)
    """units a day of all sources together; YouTube's day begins at midnight in California"""
    youtube_searches: int = Field(default=100, ge=1, le=10**6)
    """searches a day, a bucket of their own"""
    facebook_token: SecretStr | None = None
    facebook_page_tokens: dict[str, SecretStr] = Field(default_factory=dict)
    """Page (as `account` names it) -> its own token, where it is another"""
    zalo_app_id: str = Field(default="", pattern=r"^\d*$")
    zalo_app_secret: SecretStr | None = None
    zalo_refresh_token: SecretStr | None = None
    """the first one; each use gives the next, which is kept encrypted in the store"""
    youtube_api: Interface = "https://youtube.googleapis.com"
    facebook_api: Interface = "https://graph.facebook.com/v23.0"
    zalo_api: Interface = "https://openapi.zalo.me"
    zalo_login: Interface = "https://oauth.zaloapp.com"
