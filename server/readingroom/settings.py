"""The environment, read once, at the top. Every setting has a name, a default and a reason to exist."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, ByteSize, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from readingroom.errors import BadSetting

ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _default_data() -> Path:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "readingroom"


def _upper(word: object) -> object:
    return word.upper() if isinstance(word, str) else word


class Settings(BaseSettings):
    """`READINGROOM_*` and `REDIS_URL`. `deploy/env.example` says the same in words."""

    model_config = SettingsConfigDict(env_prefix="READINGROOM_", extra="ignore", frozen=True)

    redis_url: str | None = Field(default=None, validation_alias="REDIS_URL")
    """Where rooms live. None: a private Valkey is started in the data folder."""
    data: Path = Field(default_factory=_default_data)
    """Folder of everything that has no folder of its own."""
    studies: Path | None = None
    """Originals and indexes; a folder all nodes see. Default: `studies` in the data folder."""
    cache: Path | None = None
    """Decoded volumes of this host; may be deleted. Default: `cache` in the data folder."""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8480
    public_url: str | None = None
    """What people type, `https://...`; needed outside loopback."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    insecure: bool = False
    """Serve plain http outside loopback all the same."""
    weak_durability: bool = False
    """Accept a store that may lose what it acknowledged; shown in every room."""
    cache_bytes: Annotated[int, Field(ge=1 << 20)] = 256 << 20
    """Rendered tiles kept in memory by each process."""
    cache_disk_bytes: Annotated[ByteSize | None, Field(ge=1 << 20)] = None
    """Decoded volumes kept on the disk, `20GB` or a number of bytes; the longest unused go first, never one
    that is being looked at. Default: a quarter of the cache's file system, at most 50 GiB. Turned copies for
    planes across columns come on top: at most 512 MiB for each process, nameless, gone with it."""
    import_bytes: Annotated[ByteSize, Field(ge=1 << 20)] = ByteSize(16 << 30)
    """What one import through the page may bring, and what it may unpack to: `16GiB` or a number of bytes."""
    import_files: Annotated[int, Field(ge=1, le=1_000_000)] = 50_000
    """Files of one import through the page, and files in its archives."""
    room_idle_hours: Annotated[float, Field(ge=0)] = 12
    """A room nobody has touched for so long ends by itself; its host can open it again. 0: never."""
    room_keep_days: Annotated[float, Field(ge=0)] = 30
    """So long after its end a room is deleted with all that was said in it; its studies stay. 0: never."""
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(_upper)] = "INFO"

    @field_validator("public_url")
    @classmethod
    def _origin_alone(cls, url: str | None) -> str | None:
        """A browser's Origin has no path and no capitals; one that differs would lock everybody out."""
        if url is not None and not ORIGIN.fullmatch(url.rstrip("/").lower()):
            raise ValueError("it must be https://host or https://host:port, without a path")
        return url and url.rstrip("/").lower()

    @property
    def studies_folder(self) -> Path:
        return self.studies or self.data / "studies"

    @property
    def cache_folder(self) -> Path:
        return self.cache or self.data / "cache"

    @property
    def https(self) -> bool:
        return (self.public_url or "").startswith("https://")


def read_settings(**given: Any) -> Settings:
    """The environment's settings, with what the command line says instead. Raises BadSetting."""
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise BadSetting(name=name, reason=first["msg"]) from None
