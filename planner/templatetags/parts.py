"""The small parts every page is made of: icons, class chips, states. Built in: no load line needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.forms.boundfield import BoundWidget
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html

from planner import logs
from planner.engine.vocabulary import CLASS_LABELS, CLASS_OF
from planner.middleware import comes_from_us
from planner.middleware import kept_form as kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.forms import BaseForm
    from django.forms.boundfield import BoundField
    from django.template.context import Context
    from django.utils.safestring import SafeString

register = template.Library()

# What a class number alone does not say.
VARIANTS = {
    "2p": "Closed API, public terms",
    "2e": "Closed API, enterprise tenant",
    "3r": "Open-weight API, region lock and data-processing agreement",
}


class Look(NamedTuple):
    """Word, shape, colour: in that order of weight, never colour alone."""

    icon: str
    tone: str
    words: str


LOOKS = {
    "active": Look("ok", "ok", "Became active"),
    "approved": Look("ok", "ok", "Approved"),
    "armed": Look("open", "", "Armed"),
    "asked": Look("dot", "info", "Waiting"),
    "blocked": Look("stop", "bad", "Blocked"),
    "changes": Look("diff", "warn", "Changes requested"),
    "changes_requested": Look("diff", "warn", "Changes requested"),
    "closed": Look("ok", "ok", "Closed"),
    "dearer": Look("coin", "", "Possible, dearer"),
    "decided": Look("ok", "ok", "Decided"),
    "done": Look("ok", "ok", "Done"),
    "editing": Look("declared", "", "Being edited"),
    "ended": Look("history", "", "Ended"),
    "excluded": Look("ban", "", "Excluded"),
    "expired": Look("history", "warn", "Expired"),
    "failed": Look("stop", "bad", "Failed"),
    "fired": Look("bell", "bad", "Fired"),
    "fresh": Look("ok", "ok", "Fresh"),
    "granted": Look("ok", "ok", "Granted"),
    "infeasible": Look("stop", "bad", "No placement fits"),
    "near": Look("dot", "info", "Near"),
    "never": Look("never", "", "Never"),
    "not_evaluated": Look("unknown", "", "Not evaluated"),
    "not_ready": Look("lock", "", "Not ready"),
    "now": Look("here", "info", "Runs here now"),
    "now_and_target": Look("target", "ok", "Now and target"),
    "open": Look("open", "", "Open"),
    "proposed": Look("dot", "info", "In review"),
    "provisional": Look("warn", "warn", "Provisional"),
    "queued": Look("wait", "", "Waiting"),
    "refused": Look("no", "bad", "Refused"),
    "rejected": Look("no", "bad", "Rejected"),
    "resolved": Look("ok", "ok", "Resolved"),
    "revoked": Look("no", "warn", "Revoked"),
    "running": Look("dot", "info", "Running"),
    "snoozed": Look("clock", "", "Snoozed"),
    "stale": Look("history", "warn", "Stale"),
    "submitted": Look("dot", "info", "Waiting for approval"),
    "superseded": Look("history", "", "Superseded"),
    "target": Look("target", "info", "Target"),
    "unassessed": Look("unknown", "", "Unassessed"),
    "unknown": Look("unknown", "", "Unknown"),
    "withdrawn": Look("minus", "", "Withdrawn"),
}
SOURCES = {
    "observed": "observed",
    "declared": "declared",
    "derived": "derived",
    "approved": "ok",
    "assumed": "unknown",
    "archetype": "doc",
}
NOTE_ICONS = {"": "scale", "info": "target", "ok": "ok", "warn": "warn", "bad": "stop"}
OPEN_TAGS = frozenset({"public", "internal"})


class Place(NamedTuple):
    """A place in the main navigation: who sees it (`right` of `may`, empty for everybody) and its number."""

    label: str
    url_name: str
    right: str = ""
    counted: str = ""


PLACES = (
    Place("Portfolio", "planner:portfolio"),
    Place("Economics", "planner:outlook"),
    Place("Workloads", "workloads:list"),
    Place("Reviews", "planner:queue", right="see_reviews", counted="reviews"),
    Place("Roadmap", "planner:roadmap"),
    Place("Triggers", "planner:triggers", counted="triggers"),
    Place("Prices", "pricing:book", right="see_prices"),
    Place("Capacity", "planner:capacity"),
    Place("Usage", "workloads:usage", right="see_usage"),
    Place("Policy", "planner:policy", right="see_policy"),
)


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "ok" %}: always beside a word. Written here, so that no line break follows it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("icons.svg"), name
    )


@register.simple_tag
def class_chip(variant: str | None) -> SafeString:
    """{% class_chip "3r" %}: the number inside, the name on hover; a dash where there is none."""
    if not variant:
        dash = '<span class="cls cls-none"><span aria-hidden="true">&ndash;</span><span class="visually-hidden">{}</span></span>'
        return format_html(dash, "none")
    tone = CLASS_OF.get(variant, variant)
    name = VARIANTS.get(variant) or CLASS_LABELS[tone]
    return format_html('<abbr class="cls cls-{}" title="{}">{}</abbr>', tone, name, variant)


@register.inclusion_tag("components/_move.html")
def move(start: str | None, end: str | None) -> dict[str, Any]:
    """{% move now target %}: one chip where nothing moves, two with an arrow where it does."""
    return {"start": start, "end": end, "moves": start != end}


@register.inclusion_tag("components/_status.html")
def status(state: str, words: str = "", tone: str | None = None) -> dict[str, str]:
    """{% status "blocked" %} or {% status "fired" "Fired, not confirmed" tone="warn" %}."""
    look = LOOKS.get(str(state), Look("dot", "", str(state).replace("_", " ").capitalize()))
    return {
        "icon": look.icon,
        "tone": look.tone if tone is None else tone,
        "words": words or look.words,
    }


@register.inclusion_tag("components/_source.html")
def source(name: str) -> dict[str, str]:
    """{% source "observed" %}: who said so, beside a value."""
    return {"icon": SOURCES.get(name, "unknown"), "words": name}


@register.inclusion_tag("components/_tag.html")
def dtag(tag: str, words: str = "") -> dict[str, Any]:
    """{% dtag "phi" "Health data" %}: bold where it restricts where the data may go."""
    return {"words": words or tag.replace("_", " "), "sensitive": tag not in OPEN_TAGS}


@register.inclusion_tag("components/_nav.html", takes_context=True)
def main_nav(context: Context, label: str) -> dict[str, Any]:
    """The places this person may see, with what waits there."""
    return {"label": label, "places": list(_places(context))}


def _places(context: Context) -> Iterator[dict[str, Any]]:
    may, counts = context.get("may") or {}, context.get("nav_counts") or {}
    path = context["request"].path if "request" in context else ""
    for place in PLACES:
        if place.right and not may.get(place.right):
            continue
        url = reverse(place.url_name)
        yield {
            "label": place.label,
            "url": url,
            "count": counts.get(place.counted, 0),
            "here": path.startswith(url),
        }


@register.inclusion_tag("components/_kept.html", takes_context=True)
def kept_form(context: Context, *, check_origin: bool = False) -> dict[str, Any]:
    """What was posted, as a form that can be sent again. CHECK_ORIGIN: only if our own page sent it."""
    request = context["request"]
    if check_origin and not comes_from_us(request):
        return {}
    # The page's own token: a fresh one, for whoever is signed in by then.
    return kept(request) | {"csrf_token": context.get("csrf_token")}


@register.filter
def note_icon(tone: str) -> str:
    return NOTE_ICONS.get(tone, "scale")


@register.filter
def styled(part: BoundField | BoundWidget) -> SafeString:
    """The control in the product's classes; a field of its own look (attrs class) keeps that too."""
    if isinstance(part, BoundWidget):
        part.data["attrs"]["class"] = "form-check-input"
        return part.tag()
    looks = {"select": "form-select", "checkbox": "form-check-input", "clearablefile": "form-control"}
    own = part.field.widget.attrs.get("class", "")
    return part.as_widget(attrs={"class": f"{own} {looks.get(part.widget_type, 'form-control')}".strip()})


@register.simple_tag
def errors_of(form: BaseForm, others: Iterable[BaseForm] = ()) -> list[dict[str, str]]:
    """Each error of the forms in the field's own words, with the id of the control to go to."""
    return [line for each in (form, *others) for line in _error_lines(each)]


def _error_lines(form: BaseForm) -> Iterator[dict[str, str]]:
    for error in form.non_field_errors():
        yield {"target": "", "words": str(error)}
    for field in form:
        target = field.id_for_label or f"{field.auto_id}_0"
        yield from ({"target": target, "words": f"{field.label}: {error}"} for error in field.errors)


@register.simple_tag
def request_id() -> str:
    """The id of this request in the log; error pages show it and nothing else about the error."""
    return logs.request_id.get()
