"""How people reach the desk and get in: the settings of the section `desk`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from records import Role


class Desk(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    """0: this process starts no desk"""
    secure_cookies: bool = True
    """False only for plain http on loopback"""
    idle_minutes: int = Field(default=60, ge=1)
    session_hours: int = Field(default=12, ge=1)
    totp_roles: tuple[Role, ...] = ()
    """roles that must have a second factor (an authenticator app); others may"""
