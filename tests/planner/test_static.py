"""Static files: the vendored ones are the published ones, and templates keep to the content policy."""

from __future__ import annotations

import hashlib
import re

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
LISTED = re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{64})`", (VENDOR / "README.md").read_text(encoding="utf-8"))
TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
# What the content policy blocks: a style attribute, an event attribute, a script or style without a source.
BLOCKED = re.compile(r"""\sstyle=["']|\son[a-z]+=["']|<script(?![^>]*\bsrc=)|<style""", re.IGNORECASE)


@pytest.mark.parametrize(("name", "checksum"), LISTED)
def test_a_vendored_file_is_the_published_one(name: str, checksum: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == checksum


def test_every_vendored_file_is_listed() -> None:
    kept = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert {name for name in kept if not name.endswith(("LICENSE", "README.md"))} == {
        name for name, _ in LISTED
    }


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(settings.BASE_DIR).as_posix())
def test_a_template_holds_nothing_the_policy_blocks(path: object) -> None:
    found = BLOCKED.search(path.read_text(encoding="utf-8"))
    assert found is None


def test_icons_and_styles_come_from_this_host() -> None:
    css = (settings.BASE_DIR / "static" / "css" / "app.css").read_text(encoding="utf-8")
    assert re.findall(r"url\(([^)]*)\)", css) == ['"../vendor/inter/inter-latin-wght-normal.woff2"']
