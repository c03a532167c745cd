"""Counterfactuals: which single fact, were it another, would change the answer. Exact for one input at a time:
between two neighbouring cuts no condition and no order of costs changes, so one value a cell settles it.
"""

from planner.engine.flips.search import Flip, flips, flips_of

__all__ = ["Flip", "flips", "flips_of"]
