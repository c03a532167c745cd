from planner.selectors.decisions import current_decision, current_decisions

__all__ = ["current_decision", "current_decisions"]
