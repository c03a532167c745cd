"""What Celery runs for usage. A task names its run; the run row says the rest."""

from typing import Any

from celery import shared_task

from workloads.services import usage


@shared_task(name="workloads.run_usage")
def run_usage(*, run_id: int, **kwargs: Any) -> None:
    usage.run_usage(run_id)


def send_usage(run_id: int) -> None:
    """Hands the run to the queue."""
    run_usage.delay(run_id=run_id)
