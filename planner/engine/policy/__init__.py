"""The policy: inputs, parameters and tables of rows, read from TOML, checked, and identified by a hash."""

from planner.engine.policy.archetypes import Archetype, ArchetypeSegment
from planner.engine.policy.assumptions import Assumption, Assumptions, UnknownAssumptionError
from planner.engine.policy.errors import PolicyError
from planner.engine.policy.inputs import Input
from planner.engine.policy.load import (
    Policy,
    build_policy,
    load_policy,
    read_documents,
    sha_of,
)
from planner.engine.policy.parameters import Parameter, ParameterValue, Reference
from planner.engine.policy.rows import Row
from planner.engine.policy.tiers import Shape, Tier

__all__ = [
    "Archetype",
    "ArchetypeSegment",
    "Assumption",
    "Assumptions",
    "Input",
    "Parameter",
    "ParameterValue",
    "Policy",
    "PolicyError",
    "Reference",
    "Row",
    "Shape",
    "Tier",
    "UnknownAssumptionError",
    "build_policy",
    "load_policy",
    "read_documents",
    "sha_of",
]
