"""What the environment asks of the start command; a bad value is refused by name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from planner.launch.failure import CannotStartError

if TYPE_CHECKING:
    from collections.abc import Mapping

CHECKOUT = Path(__file__).resolve().parents[2]
HIGHEST_PORT = 65535
OFF = {"0", "false", "no", "off"}
SWITCHES = OFF | {"", "1", "true", "yes", "on"}
BROKER_SCHEMES = ("redis", "rediss", "amqp", "amqps")


@dataclass(frozen=True)
class Options:
    """The choices of one start; an empty address means: the part we bring along."""

    data_dir: Path
    port: int = 8000
    database_url: str = ""
    broker_url: str = ""
    pg_bin: str = ""
    pg_user: str = "nobody"
    sample: bool = True

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_dir(self) -> Path:
        return self.data_dir / "log"

    @property
    def run_dir(self) -> Path:
        return self.data_dir / "run"


def read_options(environ: Mapping[str, str]) -> Options:
    sample = environ.get("SAMPLE", "").strip().lower()
    if sample not in SWITCHES:
        raise CannotStartError(f"SAMPLE must be 1 or 0, not {environ['SAMPLE']!r}.")
    return Options(
        data_dir=_data_dir(environ),
        port=_port(environ.get("PORT", "")),
        database_url=_text(environ, "DATABASE_URL"),
        broker_url=_broker(_text(environ, "CELERY_BROKER_URL")),
        pg_bin=environ.get("PLANNER_PG_BIN", ""),
        pg_user=environ.get("PLANNER_PG_USER") or "nobody",
        sample=sample not in OFF,
    )


def _text(environ: Mapping[str, str], name: str) -> str:
    """The variable, or what the file named by NAME_FILE holds, as the settings read it."""
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name, "").strip()
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CannotStartError(f"{name}_FILE: cannot read {path} ({error.strerror}).") from error


def _port(text: str) -> int:
    text = text.strip() or "8000"
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= HIGHEST_PORT):
        raise CannotStartError(f"PORT must be a number between 1 and {HIGHEST_PORT}, not {text!r}.")
    return int(text)


def _data_dir(environ: Mapping[str, str]) -> Path:
    folder = Path(environ.get("PLANNER_DATA_DIR") or CHECKOUT / "var").expanduser().resolve()
    if folder.exists() and not folder.is_dir():
        raise CannotStartError(f"PLANNER_DATA_DIR must be a folder, and {folder} is a file.")
    return folder


def _broker(url: str) -> str:
    scheme = urlsplit(url).scheme
    if url and scheme not in BROKER_SCHEMES:
        allowed = ", ".join(f"{name}://" for name in BROKER_SCHEMES)
        raise CannotStartError(f"CELERY_BROKER_URL must start with one of {allowed}, not {scheme or url!r}.")
    return url
