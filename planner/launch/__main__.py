"""`python -m planner.launch up | with-postgres [--data-dir DIR] -- COMMAND | test [PYTEST ARGUMENTS]`."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from planner.launch import temporary
from planner.launch.failure import CannotStartError, sentence_for
from planner.launch.options import Options, read_options
from planner.launch.signals import StopRequest
from planner.launch.testing import run_tests
from planner.launch.up import up


def main(arguments: list[str]) -> int:
    words, command = _split(arguments)
    parser = argparse.ArgumentParser(prog="python -m planner.launch")
    parts = parser.add_subparsers(dest="part", required=True)
    parts.add_parser("up", help="start everything and stay until Ctrl-C")
    with_postgres = parts.add_parser("with-postgres", help="run a command with a PostgreSQL of its own")
    with_postgres.add_argument(
        "--data-dir", type=Path, help="keep the database there; without it, a throw-away one"
    )
    parts.add_parser("test", help="Django's checks and all tests")
    chosen = parser.parse_args(words)
    if chosen.part == "with-postgres" and not command:
        parser.error("give the command after --")
    try:
        options = read_options(os.environ)
        if chosen.part == "up":
            stop = StopRequest()
            stop.listen()
            return up(options, stop)
        if chosen.part == "test":
            return run_tests(options, command)
        return _with_postgres(options, chosen.data_dir, command)
    except CannotStartError as error:
        print(error, file=sys.stderr)
    except OSError as error:
        print(sentence_for(error), file=sys.stderr)
    return 1


def _with_postgres(options: Options, data_dir: Path | None, command: list[str]) -> int:
    kept = data_dir and replace(options, data_dir=data_dir.expanduser().resolve())
    cluster = temporary.kept_cluster(kept) if kept else temporary.throwaway_cluster(options)
    with cluster as url:
        return temporary.run(command, os.environ | {"DATABASE_URL": url})


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What is ours, and the command or pytest's arguments after --."""
    cut = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:cut], arguments[cut + 1 :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
