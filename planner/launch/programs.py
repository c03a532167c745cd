"""What runs: the web server, the worker and the scheduler, each marked by its pid file in the data folder."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from planner.launch import processes
from planner.launch.children import Program
from planner.launch.options import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

    from planner.launch.options import Options

NAMES = ("web", "worker", "scheduler")
QUEUES = "control,interactive,ingest"


def environment(options: Options, database_url: str) -> dict[str, str]:
    """What every program of ours sees; a NAME_FILE was read already."""
    inherited = {
        k: v for k, v in os.environ.items() if k not in {"DATABASE_URL_FILE", "CELERY_BROKER_URL_FILE"}
    }
    return inherited | {
        "DJANGO_SETTINGS_MODULE": "planner.settings",
        "DATABASE_URL": database_url,
        "CELERY_BROKER_URL": options.broker_url,
        "PLANNER_DATA_DIR": str(options.data_dir),
        "PORT": str(options.port),
        "SAMPLE": "1" if options.sample else "0",
        "PYTHONUNBUFFERED": "1",
        "TZ": "UTC",
        "PYTHONPATH": str(CHECKOUT),
        "REMAP_SIGTERM": "SIGQUIT",  # Celery: SIGTERM is the soft shutdown, bounded in time
    }


def programs(options: Options, environ: dict[str, str]) -> list[Program]:
    commands = {"web": _web(options), "worker": _worker(options), "scheduler": _scheduler(options)}
    return [
        Program(name, command, environ, options.log_dir / f"{name}.log") for name, command in commands.items()
    ]


def leftovers(options: Options) -> list[int]:
    """Processes of an earlier start over this data folder: their command lines name its pid files."""
    marks = {str(_pid_file(options, name)) for name in NAMES}
    return [
        pid for pid, words in processes.command_lines().items() if marks & set(words) and pid != os.getpid()
    ]


def end_leftovers(options: Options, grace_s: float = 10.0) -> int:
    """How many processes of an earlier start were ended; none is left, nor a pid file that would refuse us."""
    pids = leftovers(options)
    processes.end(pids, grace_s)
    for name in NAMES:
        with suppress(FileNotFoundError):
            _pid_file(options, name).unlink()
    return len(pids)


def _pid_file(options: Options, name: str) -> Path:
    return options.run_dir / f"{name}.pid"


def _web(options: Options) -> list[str]:
    return [
        *[sys.executable, "-m", "gunicorn", "planner.wsgi", "--pid", str(_pid_file(options, "web"))],
        *[
            "--bind",
            f"127.0.0.1:{options.port}",
            "--worker-class",
            "gthread",
            "--workers",
            "2",
            "--threads",
            "4",
        ],
        *["--preload", "--timeout", "60", "--graceful-timeout", "5"],
        *["--no-control-socket", "--chdir", str(CHECKOUT)],
    ]


def _worker(options: Options) -> list[str]:
    """Gossip, mingle and heartbeats are for fleets that watch each other; over pgmq each costs queues."""
    return [
        *_celery("worker", _pid_file(options, "worker")),
        *["--queues", QUEUES, "--pool", "prefork", "--concurrency", "3", "-O", "fair"],
        *["--without-gossip", "--without-mingle", "--without-heartbeat"],
    ]


def _scheduler(options: Options) -> list[str]:
    return [
        *_celery("beat", _pid_file(options, "scheduler")),
        "--schedule",
        str(options.run_dir / "schedule"),
    ]


def _celery(part: str, pid_file: Path) -> list[str]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "planner", "--workdir", str(CHECKOUT), part]
    return [*command, "--pidfile", str(pid_file), "--loglevel", "INFO"]
