"""What a process is told from outside, by environment variables or `--env-file`; nothing has a secret default.

A portal or worker knows its own zone only: `TZXM_PUBLIC_…` or `TZXM_EXTRANET_…`. The relay alone knows both (A2.1),
and nobody's signing key.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.database import Zone


class ZoneSettings(BaseSettings):
    """One zone: its database, its files, its keys and how it is reached."""

    model_config = SettingsConfigDict(extra="ignore")

    database_url: str = Field(description="SQLAlchemy URL: sqlite:///path or postgresql+psycopg://…")
    files_url: str = Field(description="A folder, or s3://bucket/prefix?endpoint=…")
    secret_key: SecretStr = Field(description="Signs cookies and form tokens; 32 bytes or more, secret")
    base_url: str = Field(description="How browsers reach this portal, without a slash at the end")
    public_url: str = Field(description="How browsers reach the internet portal: the QR codes of notices name it")
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = Field(default=3, ge=1, le=16, description="Threads for requests in one process")
    trusted_hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    trusted_proxies: tuple[str, ...] = Field(default=(), description="Addresses whose X-Forwarded-For counts")
    signing_key_file: Path | None = Field(default=None, description="Worker only: this zone's private exchange key")
    peer_key_files: tuple[Path, ...] = Field(
        default=(), description="Worker only: the other zone's public keys, or folders of them"
    )
    mark_file: Path | None = Field(
        default=None, description="Worker only: where it notes the last number sealed; beside the key unless set"
    )
    chain_hash: Literal["sha256", "sm3"] = Field(default="sha256", description="Worker only: what links its messages")
    field_keys_file: Path | None = Field(
        default=None, description="Portals and workers: the keys of sealed fields, one a line, the newest first"
    )
    is_demo: bool = Field(default=False, description="Shows that this is demonstration data; never in production")

    @property
    def is_https(self) -> bool:
        """Whether browsers come by TLS: cookies are then Secure and HSTS is sent."""
        return self.base_url.startswith("https://")


class PublicSettings(ZoneSettings):
    """The internet zone."""

    model_config = SettingsConfigDict(env_prefix="TZXM_PUBLIC_", extra="ignore")


class ExtranetSettings(ZoneSettings):
    """The extranet zone."""

    model_config = SettingsConfigDict(env_prefix="TZXM_EXTRANET_", extra="ignore")


class RelaySettings(BaseSettings):
    """Both exchange tables and both file stores, and no key."""

    model_config = SettingsConfigDict(env_prefix="TZXM_RELAY_", extra="ignore")

    public_database_url: str
    extranet_database_url: str
    public_files_url: str
    extranet_files_url: str


def zone_settings(zone: Zone) -> ZoneSettings:
    """The settings of the zone this process lives in, from its environment."""
    return PublicSettings() if zone is Zone.PUBLIC else ExtranetSettings()
