from workloads.selectors.usage.in_use import RunsOn, models_in_use
from workloads.selectors.usage.observed import Observed, observed_facts, spend_by_workload

__all__ = ["Observed", "RunsOn", "models_in_use", "observed_facts", "spend_by_workload"]
