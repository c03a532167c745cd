"""The browser of the journeys: the system's Chromium, installed where we may, else said to be missing."""

from __future__ import annotations

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install_browser() -> str | None:
    """Chromium from the system's packages, where there is apt-get and we are root."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return None
    print("Installing Chromium for the browser tests (once)", flush=True)
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        command = [apt, "-qq", "-o", "Dpkg::Use-Pty=0", *words]
        subprocess.run(command, env=environ, capture_output=True, check=False)
    return find_browser()
