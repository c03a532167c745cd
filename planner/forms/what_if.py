"""What somebody would like to see otherwise on an economics page; nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms

from planner.engine.costing.asked import WhatIf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.costing.asked import Asked

PERCENT: Final = 100
FIGURES: Final = {
    "people_rented": "fte_class5a",
    "people_owned": "fte_class5b",
    "people_managed": "fte_class4",
    "planned_use": "rho_max",
    "spare": "n_plus",
    "itl_ms": "itl_target_ms",
}
SHARES: Final = ("planned_use",)


class WhatIfForm(forms.Form):
    """Every field is optional: an empty one is as it is."""

    volume = forms.FloatField(label="Times the volume", min_value=0.01, max_value=1000)
    peak = forms.FloatField(
        label="Peak over mean",
        min_value=1,
        max_value=1000,
        help_text="The busiest ten minutes, over the mean.",
    )
    team_share = forms.FloatField(
        label="Share of the people, %",
        min_value=0,
        max_value=PERCENT,
        help_text="How much of each class's people this work carries.",
    )
    people_managed = forms.FloatField(
        label="People behind managed machines, full-time", min_value=0, max_value=100
    )
    people_rented = forms.FloatField(
        label="People behind rented machines, full-time", min_value=0, max_value=100
    )
    people_owned = forms.FloatField(
        label="People behind owned machines, full-time", min_value=0, max_value=100
    )
    planned_use = forms.FloatField(label="Planned use at the peak, %", min_value=1, max_value=PERCENT)
    spare = forms.IntegerField(label="Spare replicas", min_value=0, max_value=100)
    itl_ms = forms.FloatField(label="Milliseconds a token", min_value=1, max_value=10_000)

    def __init__(self, asked: Mapping[str, str]) -> None:
        super().__init__(asked)
        for field in self.fields.values():
            field.required = False
            field.quiet = True  # type: ignore[attr-defined]  # all of them are optional: said once, above
            field.widget.attrs["inputmode"] = "decimal"
            limits = f"{field.min_value:,g} and {field.max_value:,g}"  # type: ignore[attr-defined]
            whole = "number" if isinstance(field, forms.FloatField) else "whole number"
            field.error_messages["invalid"] = f"Must be a {whole} between {limits}."
            for check in field.validators:
                check.message = f"Must lie between {limits}."  # type: ignore[attr-defined]

    def standing(self, values: Mapping[str, float]) -> None:
        """Shows in each empty field what holds now."""
        for name, value in values.items():
            self.fields[name].widget.attrs["placeholder"] = f"{value:g}"

    def what_if(self) -> WhatIf:
        """What is asked for otherwise; a field that cannot be read changes nothing."""
        self.is_valid()
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        share = given.get("team_share")
        return WhatIf(
            volume=given.get("volume", 1.0),
            peak=given.get("peak"),
            team_share=None if share is None else share / PERCENT,
            figures={
                figure: given[name] / (PERCENT if name in SHARES else 1)
                for name, figure in FIGURES.items()
                if name in given
            },
        )


def standing_values(asked: Asked) -> dict[str, float]:
    """What holds for each field of the form, as the form writes it."""
    assumed = asked.under.figures
    figures = {name: assumed[figure] * (PERCENT if name in SHARES else 1) for name, figure in FIGURES.items()}
    peak = {"peak": asked.work.peak} if asked.work else {}
    return figures | {"volume": 1.0} | peak
