"""Makes .venv and installs into it: `python3 planner/launch/install.py [dev]`, on the system's own Python."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
VENV = CHECKOUT / ".venv"
OLDEST = (3, 11)


def main(extra: str) -> int:
    if sys.version_info < OLDEST:
        ours = ".".join(map(str, sys.version_info[:2]))
        return refuse(
            f"Python 3.11 or later is needed, and {sys.executable} is {ours}: "
            "name another one, as in `make up PYTHON=python3.12`."
        )
    if not (VENV / "bin" / "pip").exists() and not make_venv():
        return 1
    print("Installing into .venv (the first time takes a minute)", flush=True)
    target = f".[{extra}]" if extra else "."
    command = [str(VENV / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    return subprocess.call([*command, "-c", "constraints.txt", "-e", target], cwd=CHECKOUT)


def make_venv() -> bool:
    """Whether .venv stands; Debian ships the module that makes it in a package of its own."""
    if not has_ensurepip():
        install_venv_module()
    if not has_ensurepip():
        refuse(
            "This Python cannot make virtual environments: install its package first "
            "(Debian and Ubuntu: apt-get install python3-venv), then try again."
        )
        return False
    return subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) == 0


def has_ensurepip() -> bool:
    return (
        subprocess.call(
            [sys.executable, "-c", "import ensurepip, venv; ensurepip.version()"], stderr=subprocess.DEVNULL
        )
        == 0
    )


def install_venv_module() -> None:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return
    print("Installing python3-venv (once)", flush=True)
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    for words in (["update"], ["install", "-y", "--no-install-recommends", "python3-venv"]):
        subprocess.call(
            [apt, "-qq", *words], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


def refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
