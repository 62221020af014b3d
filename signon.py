"""How people reach the desk and get in: the settings of the section `desk`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from records import Role

LOOPBACK = re.compile(r"http://(127\.0\.0\.1|\[::1\])(:\d{1,5})?(/|$)")
Issuer = Annotated[
    str,
    StringConstraints(
        pattern=r"^$|^https://[^\s?#]+$|^http://(127\.0\.0\.1|\[::1\])(:\d{1,5})?(/[^\s?#]*)?$", max_length=300
    ),
]


class Agency(BaseModel):
    """The agency's sign-on (OpenID Connect). It says who somebody is; roles stay those of the desk's accounts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: Issuer = ""
    """as the provider writes itself; empty: none. https; plain http on loopback alone"""
    client_id: str = Field(default="", max_length=300)
    client_secret: SecretStr | None = None
    """None: a public client, with PKCE alone"""
    scope: str = Field(default="openid email", pattern=r"^openid( [!-~]+)*$", max_length=300)
    claim: str = Field(default="email", pattern=r"^[A-Za-z0-9_.:/-]+$", max_length=100)
    """ "email": the account with this verified address; any other claim: the account with this login"""
    name: str = Field(default="Tài khoản của cơ quan", max_length=100)
    """words of the button"""
    passwords: bool = True
    """False: only the logins of `break_glass` sign in by password"""
    break_glass: tuple[str, ...] = ()

    @model_validator(mode="after")
    def whole(self) -> Agency:
        if self.issuer and not self.client_id:
            raise ValueError("có issuer thì phải có client_id")
        if not self.passwords and not (self.issuer and self.break_glass):
            raise ValueError("tắt mật khẩu thì phải có issuer và ít nhất một tài khoản break_glass")
        return self


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
    agency: Agency = Agency()
