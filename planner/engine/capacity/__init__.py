"""What a replica serves: memory fit, roofline, correction by measured rows, and how many replicas a peak needs."""

from planner.engine.capacity.benchmark_output import BenchmarkOutput, BenchmarkOutputError
from planner.engine.capacity.benchmark_output import read as read_benchmark
from planner.engine.capacity.calibration import Calibration
from planner.engine.capacity.closed_loop import Served, closed_loop
from planner.engine.capacity.correction import Known, shipped
from planner.engine.capacity.errors import CapacityError, NotKnownError
from planner.engine.capacity.estimate import Basis, Estimate, RefusedError, estimate, service_at_pace
from planner.engine.capacity.limits import Limit
from planner.engine.capacity.load import Load, closed, offline
from planner.engine.capacity.memory import Fit, Refusal, fit
from planner.engine.capacity.open_loop import Arriving, open_loop
from planner.engine.capacity.replica import Replica, replica, replicas
from planner.engine.capacity.rows import Kind, Row, as_row, measured
from planner.engine.capacity.service import (
    Service,
    processor_servers,
    replicas_needed,
    replicas_needed_each,
    service,
)
from planner.engine.capacity.specs import Gpu, Model, gpu, gpus, model, models

__all__ = [
    "Arriving",
    "Basis",
    "BenchmarkOutput",
    "BenchmarkOutputError",
    "Calibration",
    "CapacityError",
    "Estimate",
    "Fit",
    "Gpu",
    "Kind",
    "Known",
    "Limit",
    "Load",
    "Model",
    "NotKnownError",
    "Refusal",
    "RefusedError",
    "Replica",
    "Row",
    "Served",
    "Service",
    "as_row",
    "closed",
    "closed_loop",
    "estimate",
    "fit",
    "gpu",
    "gpus",
    "measured",
    "model",
    "models",
    "offline",
    "open_loop",
    "processor_servers",
    "read_benchmark",
    "replica",
    "replicas",
    "replicas_needed",
    "replicas_needed_each",
    "service",
    "service_at_pace",
    "shipped",
]
