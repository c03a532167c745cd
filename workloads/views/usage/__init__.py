from workloads.views.usage.attribution import attribution
from workloads.views.usage.files import usage_run, usage_template, usage_upload
from workloads.views.usage.sources import usage, usage_pull, usage_source

__all__ = [
    "attribution",
    "usage",
    "usage_pull",
    "usage_run",
    "usage_source",
    "usage_template",
    "usage_upload",
]
