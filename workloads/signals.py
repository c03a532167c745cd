"""What this package announces. Only planner/receivers.py listens. Sent after commit, with primitives."""

from django.dispatch import Signal

facts_changed = Signal()  # workload_id
classification_decided = Signal()  # segment_id, state
usage_ingested = Signal()  # run_id
