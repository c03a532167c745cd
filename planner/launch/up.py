"""`make up`: everything that runs, started in order, watched, and stopped in the opposite order."""

from __future__ import annotations

import http.client
import os
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from typing import TYPE_CHECKING

from planner.launch import broker, lock, programs, screen, steps
from planner.launch.account import server_account
from planner.launch.children import QUICK_DEATHS, QUICK_S, Child, end_all, keep_short, last_lines
from planner.launch.failure import CannotStartError, StoppedError
from planner.launch.place import database_home
from planner.launch.postgres import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from planner.launch.options import Options
    from planner.launch.signals import StopRequest

WEB_PATIENCE_S = 60.0
TENDING_S = 0.2
LOGS = ("web", "worker", "scheduler", "postgres", "setup")


def say(sentence: str) -> None:
    """A line for the terminal; one that was closed meanwhile is no reason to fail."""
    with suppress(OSError):
        print(sentence, flush=True)


def up(options: Options, stop: StopRequest) -> int:
    """Runs until somebody asks it to stop; returns the exit code."""
    options.data_dir.mkdir(parents=True, exist_ok=True)  # the database's account passes through it
    for folder in (options.log_dir, options.run_dir):
        folder.mkdir(mode=0o700, exist_ok=True)
    try:
        held = lock.hold(options.run_dir / "lock", f"{options.address} (process {os.getpid()})")
    except lock.AlreadyRunningError as running:
        say(f"Sovereignty Planner is already running at {running}.")
        return 0
    try:
        Installation(options, stop).run()
    except StoppedError:
        say("Stopped before it was ready.")
    finally:
        os.close(held)
    return 0


class Installation:
    """What one start brings up over one data folder."""

    def __init__(self, options: Options, stop: StopRequest) -> None:
        self.options, self.stop = options, stop
        self.cluster: Cluster | None = None
        self.children: list[Child] = []
        self.database_started_at = 0.0
        self.database_deaths = 0
        self.setup_log = options.log_dir / "setup.log"

    def run(self) -> None:
        began = time.monotonic()
        say("Starting Sovereignty Planner")
        with ExitStack() as undo:
            undo.callback(self._end)
            self._clear_the_way()
            url, database = self._start_database()
            prepared = self._set_up(url)
            self._start_programs()
            say(screen.running(self.options, database, prepared, time.monotonic() - began))
            while not self.stop.wait(TENDING_S):
                self._tend()
            say("\nStopping (Ctrl-C again: at once)")

    def _clear_the_way(self) -> None:
        for name in LOGS:
            keep_short(self.options.log_dir / f"{name}.log")
        ended = programs.end_leftovers(self.options)
        if ended:
            say(f"  Ended {ended} processes that an earlier start had left behind.")
        lock.require_free_port(self.options.port)

    def _start_database(self) -> tuple[str, str]:
        """Its address for the programs, and in words."""
        given = self.options.database_url
        if given:
            broker.require_database(given)
            return given, screen.external(given)
        account = server_account(self.options.pg_user)
        home = database_home(self.options.data_dir, account)
        self.cluster = Cluster(
            home, account, self.options.log_dir / "postgres.log", pg_bin=self.options.pg_bin
        )
        with self._phase("database"):
            self._start_cluster(self.cluster)
        self._keep_address(self.cluster.url)
        return self.cluster.url, screen.embedded(self.cluster.version, home)

    def _keep_address(self, url: str) -> None:
        """Where manage.py finds the database from another terminal."""
        path = self.options.run_dir / "database-url"
        path.touch(mode=0o600)
        path.write_text(url, encoding="utf-8")

    def _start_cluster(self, cluster: Cluster) -> None:
        cluster.start()
        self.database_started_at = time.monotonic()
        while cluster.notes:
            say(f"  {cluster.notes.pop(0)}")
        self.stop.check()

    def _set_up(self, url: str) -> dict[str, object]:
        """Tables, queue and what the planner ships are in place; returns how to sign in."""
        environ = programs.environment(self.options, url)
        self.children = [Child(program) for program in programs.programs(self.options, environ)]
        if self.options.broker_url:
            broker.require_broker(self.options.broker_url)
        else:
            broker.install_queue(url)
        with self._static_files(environ):
            with self._phase("tables"):
                self._step("migrate", "--noinput", "--verbosity", "0", environ=environ)
            with self._phase("prices, policy, people"):
                return steps.json_lines(self._step("prepare", environ=environ))

    def _step(self, *words: str, environ: dict[str, str]) -> str:
        return steps.Step(list(words), environ, self.setup_log).finish(self.stop)

    @contextmanager
    def _static_files(self, environ: dict[str, str]) -> Iterator[None]:
        """Compressing them takes a processor for some seconds, and the rest of the set-up needs another."""
        files = steps.StaticFiles(self.options.data_dir)
        if files.are_current():
            yield
            return
        step = files.collect(environ, self.setup_log)
        try:
            yield
            with self._phase("static files, the rest"):
                step.finish(self.stop)
            files.collected()
        finally:
            step.end()

    def _start_programs(self) -> None:
        """The pages answer; worker and scheduler are on their way."""
        web, *others = self.children
        with self._phase("web server"):
            self._wait_for(web)
        for child in others:
            child.start()

    def _wait_for(self, web: Child) -> None:
        web.start()
        deadline = time.monotonic() + WEB_PATIENCE_S
        while not self._answers():
            self.stop.wait(0.05)
            self.stop.check()
            web.tend(say)
            if time.monotonic() > deadline:
                raise CannotStartError(
                    f"The web server does not answer. The end of {web.program.log}:\n{last_lines(web.program.log)}"
                )

    def _answers(self) -> bool:
        probe = http.client.HTTPConnection("127.0.0.1", self.options.port, timeout=5)
        with closing(probe), suppress(OSError, http.client.HTTPException):
            probe.request("GET", "/livez")
            return probe.getresponse().status > 0
        return False

    def _tend(self) -> None:
        for child in self.children:
            child.tend(say)
        if self.cluster is not None and not self.cluster.alive():
            self._revive(self.cluster)

    def _revive(self, cluster: Cluster) -> None:
        lived = time.monotonic() - self.database_started_at
        self.database_deaths = self.database_deaths + 1 if lived < QUICK_S else 1
        if self.database_deaths >= QUICK_DEATHS:
            raise CannotStartError(
                f"The database ended {QUICK_DEATHS} times in a row. The end of {cluster.log}:\n{last_lines(cluster.log)}"
            )
        say(f"The database ended unexpectedly; starting it again ({cluster.log}).")
        self._start_cluster(cluster)

    def _end(self) -> None:
        """Programs first, so that the database stops with nobody connected."""
        end_all(self.children, self.stop)
        if self.cluster is not None:
            self.cluster.stop(immediate=self.stop.immediate)

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        say(f"  {name:<24}{time.monotonic() - began:5.1f} s")
