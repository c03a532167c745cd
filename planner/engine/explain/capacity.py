"""What a replica serves, in sentences: how many tokens a second, what that rests on, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from planner.engine.capacity import Basis, Limit

if TYPE_CHECKING:
    from planner.engine.capacity import Estimate, Row, Service

MILLISECONDS: Final = 1000
RESTS: Final = {
    Basis.OWN: "It rests on your own benchmark of this configuration.",
    Basis.MEASURED: "It rests on the roofline, corrected by measured rows of the same model, GPU and precision.",
    Basis.SIMILAR: "Nobody measured this model on this GPU in this precision: it rests on the roofline and on rows that share some of it. Run a benchmark and paste it below.",
    Basis.ROOFLINE: "It rests on the roofline alone. Run a benchmark and paste it below.",
}
HELPS: Final = {
    Limit.CACHE: "The cache holds fewer requests than are in flight: more or larger GPUs help, and shorter requests.",
    Limit.BANDWIDTH: "Most time goes into reading weights and cache: faster memory helps, fewer bits a weight, and more requests at a time.",
    Limit.ARITHMETIC: "Most time goes into arithmetic, prompts among it: more GPUs help, and shorter or cached prompts.",
    Limit.EXCHANGE: "Most time goes into the exchange between GPUs: fewer GPUs a replica or a faster link help.",
    Limit.OVERHEAD: "Most time is the engine's fixed cost of each step: more requests at a time help, more GPUs do not.",
}


def headline(found: Estimate) -> str:
    """The answer in one sentence."""
    return (
        f"About {found.out_tok_s:,.0f} output tokens a second, {found.low:,.0f} to {found.high:,.0f} "
        f"in four cases of five; limited by {found.limit}."
    )


def remarks(row: Row, found: Estimate) -> list[str]:
    """What the number rests on, what would raise it, and what to beware of."""
    said = [RESTS[found.basis], HELPS[found.limit]]
    if found.roofline.fit.cliff:
        said.append(
            f"Only {max(0, found.roofline.fit.headroom):.0%} of the memory is left for the cache: a larger replica gains "
            "out of proportion. Do not plan with this one."
        )
    if found.guessed:
        said.append(f"No measured row stands behind {row.gpu}: its rates are those of a data sheet.")
    return said


def under_target(service: Service, target_ms: float) -> str:
    """What the replica carries when every token has to come within a time."""
    if not service.batch >= 1:
        return f"Not even one request alone gets a token every {target_ms:g} ms."
    return (
        f"With a token at least every {target_ms:g} ms it serves {service.batch:,.0f} requests at a time and "
        f"{service.requests_s:,.3g} a second."
    )


def moved(before: float, after: float) -> str:
    """How far an own benchmark moves an estimate, in tokens a second."""
    change = after / before - 1
    by = f"moves by {change:+.0%}, to {after:,.0f}" if round(change, 2) else "stays"
    return f"The estimate of {before:,.0f} tokens a second {by}."
