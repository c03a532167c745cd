from workloads.models.classification import Classification, ClassificationEvent
from workloads.models.people import (
    Membership,
    MembershipEvent,
    OrganisationProfile,
    Role,
    SetupToken,
    Team,
    User,
)
from workloads.models.registry import FactRecord, Segment, Workload
from workloads.models.usage import (
    AttributionRule,
    RejectedRow,
    SeenRow,
    UsageBucket,
    UsageRun,
    UsageSource,
)

__all__ = [
    "AttributionRule",
    "Classification",
    "ClassificationEvent",
    "FactRecord",
    "Membership",
    "MembershipEvent",
    "OrganisationProfile",
    "RejectedRow",
    "Role",
    "SeenRow",
    "Segment",
    "SetupToken",
    "Team",
    "UsageBucket",
    "UsageRun",
    "UsageSource",
    "User",
    "Workload",
]
