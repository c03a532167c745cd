"""The one screen `make up` prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

if TYPE_CHECKING:
    from planner.launch.options import Options


def short(path: Path) -> str:
    """Relative to where the person stands, when it is below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def running(options: Options, database: str, prepared: dict[str, object], seconds: float) -> str:
    """Address, sign-ins, what runs where, how to stop."""
    data = short(options.data_dir)
    return "\n".join(
        [
            "",
            f"  Sovereignty Planner runs at {options.address}",
            "",
            *_ways_in(options, prepared),
            "  What runs where",
            f"    database   {database}",
            f"    queue      {_queue(options)}",
            f"    files      {data}/uploads, {data}/static",
            f"    logs       {short(options.log_dir)}/ (web, worker, scheduler, setup)",
            "",
            f"  Ready after {seconds:.1f} s. Ctrl-C stops all of it.",
            "",
        ]
    )


def embedded(version: str, home: Path) -> str:
    return f"PostgreSQL {version}, started here, in {short(home)}"


def external(url: str) -> str:
    """The address without its password."""
    parts = conninfo_to_dict(url)
    host, port = parts.get("host") or "local socket", parts.get("port") or "5432"
    return f"{parts.get('dbname')} at {host}:{port} (DATABASE_URL)"


def _ways_in(options: Options, prepared: dict[str, object]) -> list[str]:
    signins, setup = prepared.get("signins"), prepared.get("setup_url")
    if isinstance(signins, list) and signins:
        widths = [max(len(str(person[key])) for person in signins) for key in ("role", "email")]
        rows = [
            f"    {person['role']:<{widths[0]}}  {person['email']:<{widths[1]}}  {person['password']}"
            for person in signins
        ]
        return ["  Sample sign-ins (role, e-mail, password)", *rows, ""]
    if setup:
        return ["  Set up the first account, once, at", f"    {options.address}{setup}", ""]
    return []


def _queue(options: Options) -> str:
    if not options.broker_url:
        return "in the same PostgreSQL"
    parts = urlsplit(options.broker_url)
    return f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''} (CELERY_BROKER_URL)"
