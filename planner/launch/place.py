"""Where the embedded database lives: under the data folder, or where its account can go."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from planner.launch.account import Account

ELSEWHERE = Path("/var/lib/sovereignty-planner")  # root's place for a service's data; only root comes here


def database_home(data_dir: Path, account: Account, elsewhere: Path = ELSEWHERE) -> Path:
    """DATA_DIR/postgres; a link there leads to the real folder where the account cannot enter DATA_DIR."""
    data_dir.mkdir(parents=True, exist_ok=True)
    home = data_dir / "postgres"
    if home.exists():
        return home.resolve()
    if account.is_ours or account.can_enter(data_dir):
        return home
    real = elsewhere / hashlib.sha256(bytes(data_dir)).hexdigest()[:16]
    real.mkdir(parents=True, exist_ok=True)
    home.unlink(missing_ok=True)  # a link whose folder is gone
    home.symlink_to(real)
    return real
