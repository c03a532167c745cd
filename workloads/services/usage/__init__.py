from workloads.services.usage.runs import (
    ask_file,
    ask_pull,
    due_usage_runs,
    file_source,
    run_usage,
)

__all__ = ["ask_file", "ask_pull", "due_usage_runs", "file_source", "run_usage"]
