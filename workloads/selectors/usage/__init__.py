from workloads.selectors.usage.observed import Observed, observed_facts, spend_by_workload

__all__ = ["Observed", "observed_facts", "spend_by_workload"]
