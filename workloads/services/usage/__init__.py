from workloads.services.usage.runs import (
    Upload,
    ask_file,
    ask_pull,
    due_usage_runs,
    file_source,
    run_usage,
)

__all__ = ["Upload", "ask_file", "ask_pull", "due_usage_runs", "file_source", "run_usage"]
