"""Whose traffic is this: rules in order of priority, then the workload the traffic names itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workloads.usage.tally import Traffic


class Owner(NamedTuple):
    workload_id: int | None
    segment_id: int | None


NOBODY = Owner(None, None)


@dataclass(frozen=True)
class Rule:
    """An attribution rule ready to be asked."""

    source_id: int | None
    field: str
    pattern: re.Pattern[str]
    owner: Owner

    def matches(self, source_id: int, traffic: Traffic) -> bool:
        if self.source_id not in {None, source_id}:
            return False
        return any(self.pattern.fullmatch(value) for value in values_of(traffic, self.field))


def values_of(traffic: Traffic, field: str) -> list[str]:
    """What the traffic carries under FIELD; tags are several."""
    if field in {"model", "provider"}:
        return [getattr(traffic, field)]
    value = dict(traffic.dimensions).get(field, "")
    values = value.split(",") if field == "tag" else [value]
    return [text.strip() for text in values if text.strip()]


def as_pattern(text: str) -> re.Pattern[str]:
    """TEXT literally, but for * which stands for anything."""
    return re.compile(".*".join(re.escape(part) for part in text.split("*")), re.DOTALL)


class Attributor:
    """Answers whose a piece of traffic is; the first rule that matches wins."""

    def __init__(self, rules: Iterable[Rule], by_name: Mapping[str, int]) -> None:
        self._rules = tuple(rules)
        self._by_name = by_name
        self._known: dict[tuple[int, Traffic], Owner] = {}

    def owner(self, source_id: int, traffic: Traffic) -> Owner:
        found = self._known.get((source_id, traffic))
        if found is None:
            found = self._known[source_id, traffic] = self._find(source_id, traffic)
        return found

    def _find(self, source_id: int, traffic: Traffic) -> Owner:
        for rule in self._rules:
            if rule.matches(source_id, traffic):
                return rule.owner
        names = values_of(traffic, "workload")
        return Owner(self._by_name.get(names[0].casefold()), None) if names else NOBODY
