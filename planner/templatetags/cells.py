"""Cells of the policy as text, and the names of its columns. Built in: templates need no load line."""

from __future__ import annotations

from django import template

from planner.selectors.cells import cell_words, place_words
from planner.selectors.cells import column_label as label_of

register = template.Library()


@register.filter
def cell(value: object) -> str:
    """What a cell says, on one line."""
    return cell_words(value)


@register.filter
def column_label(name: str) -> str:
    """`closed_when` is "Closed when"."""
    return label_of(name)


@register.simple_tag
def cited_at(document: object, line: object) -> str:
    """{% cited_at source.document source.line %}: guide 002, line 12; or a document of one's own."""
    return place_words(document, line)
