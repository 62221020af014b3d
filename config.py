"""Settings: one typed object, read once from `langnghe.toml` and the environment (LANGNGHE_SECTION__NAME).

Nobody else touches `os.environ`. A missing or wrong value raises `BadSetting` that names it.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

import complaints
from platforms import Social
from records import BadSetting
from signon import Desk as Desk

FILE = "langnghe.toml"
KEYS_FILE = "keys.toml"
PREFIX = "LANGNGHE_"
Line = Annotated[str, StringConstraints(pattern=r"^[^\r\n]+$", max_length=200)]
"""one line: it stands in the heads of mails and reports"""
Address = Annotated[str, StringConstraints(pattern=r"^[!-?A-~]+@[A-Za-z0-9.-]+$", max_length=254)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Unit(Section):
    """The unit whose product this is: every name on mails and reports."""

    name: Line = "Trung tâm Truyền thông"
    agency: Line = "Bảo hiểm xã hội Việt Nam"
    parent: Line = "Bộ Tài chính"
    place: Line = "Hà Nội"
    symbol: Line = "BC-BHXH"
    signer_title: Line = "GIÁM ĐỐC"
    recipients: tuple[Line, ...] = ("Như trên (để b/c)", "Lưu: VT")


class Crawl(Section):
    user_agent: str = "LangNghe/0.1 (+https://baohiemxahoi.gov.vn; giám sát thông tin BHXH)"
    sources: Path | None = None
    """another sources.toml; None: the one shipped"""
    allow_loopback: tuple[str, ...] = ()
    """exact host:port of loopback servers that may be fetched (the sample, a replay, tests). Empty: none."""
    delay: float = Field(default=2.0, ge=0)
    """seconds between two requests to one host"""
    interval: int = Field(default=300, ge=1)
    """seconds between two polls of a source that states none"""
    concurrency: int = Field(default=16, ge=1, le=128)
    timeout: float = Field(default=20.0, gt=0, le=120)
    max_bytes: int = Field(default=8 * 2**20, ge=2**16, le=64 * 2**20)
    max_items: int = Field(default=500, ge=1)
    """items taken from one feed or sitemap, newest first"""

    @field_validator("user_agent")
    @classmethod
    def named(cls, value: str) -> str:
        if not value.strip() or "\n" in value or "\r" in value:
            raise ValueError("phải là một dòng có tên sản phẩm và địa chỉ liên hệ")
        return value


class Relay(Section):
    """A further mail server, tried in order when the one before it cannot take a mail."""

    host: str
    port: int = Field(default=25, ge=1, le=65535)
    security: str = Field(default="starttls", pattern="^(none|starttls|tls)$")
    username: str | None = None
    password: SecretStr | None = None


class Mail(Relay):
    host: str = "127.0.0.1"
    sender: Address = "lang-nghe@baohiemxahoi.example"
    daily_to: tuple[Address, ...] = ()
    urgent_to: tuple[Address, ...] = ()
    weekly_to: tuple[Address, ...] = ()
    alarm_to: tuple[Address, ...] = ()
    """beside the officers of the desk who hold the role"""
    relays: tuple[Relay, ...] = ()
    """further servers, tried in order"""
    daily_at: str = Field(default="07:00", pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
    afternoon_at: str = Field(default="", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    """hour of a second edition, "16:30"; empty: none"""
    timeout: float = Field(default=30.0, gt=0, le=300)


class Mailbox(Section):
    """A mailbox to which provinces and units send reports. It must take mail of authenticated senders only: who a report
    is from is read off its From line."""

    host: str = ""
    """empty: no mailbox is read"""
    port: int = Field(default=993, ge=1, le=65535)
    security: str = Field(default="tls", pattern="^(none|tls)$")
    """ "none" only for loopback"""
    username: str = ""
    password: SecretStr | None = None
    folder: Line = "INBOX"
    timeout: float = Field(default=30.0, gt=0, le=300)


class Alerts(Section):
    second: tuple[SecretStr, ...] = ()
    """Apprise addresses of the second channel (Telegram, SMS gateway, …); secrets"""
    escalate_minutes: float = Field(default=30, gt=0)
    """unacknowledged for so long after the server's 250: the next person is called"""
    patience_minutes: float = Field(default=10, gt=0)
    """not taken by the mail server for so long: the second channel"""
    repeat_hours: float = Field(default=4, gt=0)
    gap_minutes: float = Field(default=30, ge=1)
    """least time between two mails about one story"""
    group_seconds: float = Field(default=0, ge=0, le=600)
    """an urgent mail waits so long before it goes out; 0: at once"""


class Keep(Section):
    """Retention, in days; what an open case or a label holds stays. No statutory number is known: the data owner decides,
    these are the shipped proposals."""

    press_days: int = Field(default=730, ge=1)
    post_days: int = Field(default=365, ge=1)
    short_days: int = Field(default=90, ge=1)
    irrelevant_days: int = Field(default=90, ge=1)
    backup_dir: Path | None = None
    backup_count: int = Field(default=14, ge=1)


class Evidence(Section):
    """Pictures of flagged pages by the program `chromium`; time stamps (RFC 3161) of `tsa`, checked against a PEM of roots."""

    picture: bool = False
    chromium: str = "chromium"
    tsa: str = Field(default="", pattern=r"^(https?://\S+)?$")
    tsa_roots: Path | None = None


class Judging(Section):
    models: Path | None = None
    """directory of trained weights from which the desk's learning starts; None: those shipped"""
    retrain_at: str = Field(default="02:00", pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")
    """from this hour on, once a day where labels came; empty: only on demand"""
    engine: str = Field(default="linear", pattern="^(linear|transformer)$")
    encoder: Path | None = None
    """directory of what engine "transformer" asks too where a label leads the next by less than `unsure` (probability)"""
    unsure: float = Field(default=0.4, ge=0, le=1)
    workers: int = Field(default=1, ge=0, le=64)
    """processes for heavy work; 0: in the calling thread"""
    batch: int = Field(default=200, ge=1, le=5000)


class Schedule(Section):
    """Seconds between looks at what is due. What is due is a query, so a look costs little."""

    collect: float = Field(default=5.0, gt=0)
    digest: float = Field(default=5.0, gt=0)
    send: float = Field(default=5.0, gt=0)
    tell: float = Field(default=20.0, gt=0)
    upkeep: float = Field(default=300.0, gt=0)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True, env_ignore_empty=True
    )

    database: str = ""
    """SQLAlchemy address: sqlite:///… or postgresql://…; empty: sqlite in data_dir"""
    data_dir: Path = Path("var")
    public_url: str = "http://127.0.0.1:8080"
    clock: str | None = None
    """address of a replay's /replay/state (loopback): the whole product then runs on that clock"""
    unit: Unit = Unit()
    crawl: Crawl = Crawl()
    mail: Mail = Mail()
    mailbox: Mailbox = Mailbox()
    alerts: Alerts = Alerts()
    social: Social = Social()
    desk: Desk = Desk()
    keep: Keep = Keep()
    evidence: Evidence = Evidence()
    judging: Judging = Judging()
    schedule: Schedule = Schedule()
    author_key: SecretStr | None = None
    """key of the authors' pseudonyms; None: the one in data_dir/keys.toml (made at the first run)"""
    desk_key: SecretStr | None = None
    vault_key: SecretStr | None = None

    @property
    def database_url(self) -> str:
        return self.database or f"sqlite:///{(self.data_dir / 'langnghe.db').absolute()}"

    @field_validator("public_url")
    @classmethod
    def http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("phải bắt đầu bằng http:// hoặc https://")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(  # the signature is pydantic-settings' own
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings, init_settings)  # the environment beats the file


def read(path: Path | None = None) -> Settings:
    """Settings from `path`, else from $LANGNGHE_CONFIG, else from ./langnghe.toml, else the defaults.

    Raises BadSetting naming file and setting. Relative paths in the file count from the file's directory.
    """
    named = path or (Path(os.environ["LANGNGHE_CONFIG"]) if os.environ.get("LANGNGHE_CONFIG") else None)
    file = named or Path(FILE)
    values: dict[str, Any] = {}
    if file.is_file():
        try:
            values = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise BadSetting(f"{file}: không đọc được: {error}") from error
    elif named:
        raise BadSetting(f"{file}: không có tệp cấu hình này")
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise BadSetting("\n".join(_line(file, dict(problem)) for problem in error.errors())) from error
    except SettingsError as error:
        raise BadSetting(f'biến môi trường {PREFIX}…: {error}; danh sách viết như JSON, ví dụ ["a", "b"]') from error
    return _placed(settings, file.parent.absolute())


def _placed(settings: Settings, base: Path) -> Settings:
    """Every path counted from `base`."""
    placed: dict[str, Any] = {"data_dir": base / settings.data_dir}
    for name, part in settings:
        if isinstance(part, Section):
            placed[name] = part.model_copy(update={key: base / path for key, path in part if isinstance(path, Path)})
    return settings.model_copy(update=placed)


def environment(file: Path) -> dict[str, str]:
    """The environment of a child process that is to read its settings from `file`."""
    return {**os.environ, "LANGNGHE_CONFIG": str(file.absolute())}


class Keys(Section):
    """Secrets of an installation: pseudonyms, desk sessions and links, encrypted indicators."""

    author: bytes
    desk: bytes
    vault: bytes


def keys(settings: Settings) -> Keys:
    """The keys named in the settings, else those of data_dir/keys.toml. Raises BadSetting where one is missing."""
    file = settings.data_dir / KEYS_FILE
    try:
        kept = tomllib.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadSetting(f"{file}: không đọc được: {error}") from error
    named = {"author": settings.author_key, "desk": settings.desk_key, "vault": settings.vault_key}
    found = {name: key.get_secret_value() if key else kept.get(name, "") for name, key in named.items()}
    for name, value in found.items():
        if not isinstance(value, str) or len(value) < 32:
            raise BadSetting(f"{file}: {name}: thiếu khóa (cần ít nhất 32 ký tự); chạy `langnghe run` để tự tạo")
    return Keys(**{name: value.encode() for name, value in found.items()})


def exists(path: Path | None = None) -> bool:
    """Whether the operator has written a configuration (else `run` shows the sample)."""
    return bool(path) or bool(os.environ.get("LANGNGHE_CONFIG")) or Path(FILE).is_file()


def _line(file: Path, problem: dict[str, Any]) -> str:
    name = ".".join(str(part) for part in problem["loc"])
    kind, text = problem["type"], problem["msg"]
    if kind == "extra_forbidden":
        text = "không có thiết lập tên này; kiểm tra lại chính tả"
    elif kind == "missing":
        text = "thiếu giá trị bắt buộc"
    elif "input" in problem and not any(word in name for word in ("password", "key", "token", "secret")):
        text = f"giá trị {problem['input']!r} không hợp lệ ({complaints.in_words(text)})"
    return f"{file}: {name}: {text}"
