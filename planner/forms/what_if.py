"""What somebody would like to see otherwise on an economics page; nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import forms

from planner.engine.costing.asked import WhatIf

if TYPE_CHECKING:
    from collections.abc import Mapping

    from planner.engine.policy import Assumptions

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

    volume = forms.FloatField(label="Times the volume", min_value=0.001, max_value=100_000)
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
    people_managed = forms.FloatField(label="People behind managed machines", min_value=0, max_value=100)
    people_rented = forms.FloatField(label="People behind rented machines", min_value=0, max_value=100)
    people_owned = forms.FloatField(label="People behind owned machines", min_value=0, max_value=100)
    planned_use = forms.FloatField(label="Planned use at the peak, %", min_value=1, max_value=PERCENT)
    spare = forms.FloatField(label="Spare replicas", min_value=0, max_value=100)
    itl_ms = forms.FloatField(label="Milliseconds a token", min_value=1, max_value=10_000)

    def __init__(self, asked: Mapping[str, str]) -> None:
        super().__init__(asked)
        for field in self.fields.values():
            field.required = False
            field.quiet = True  # type: ignore[attr-defined]  # all of them are optional: said once, above
            field.widget.attrs["inputmode"] = "decimal"

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


def figures_standing(assumed: Assumptions) -> dict[str, float]:
    """What the policy says for each figure of the form, as the form writes it."""
    return {name: assumed[figure] * (PERCENT if name in SHARES else 1) for name, figure in FIGURES.items()}
