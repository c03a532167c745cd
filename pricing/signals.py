"""What this package announces. Only planner/receivers.py listens. Sent after commit, with primitives."""

from django.dispatch import Signal

prices_changed = Signal()  # run_id: the feed run, or None for an exchange rate
