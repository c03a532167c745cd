from importlib import import_module

from django.apps import AppConfig


class PlannerConfig(AppConfig):
    name = "planner"
    verbose_name = "Planning"

    def ready(self) -> None:
        """The Celery app exists in every process that runs Django, and signals have their listeners."""
        import_module("planner.celery")
        import_module("planner.receivers")
