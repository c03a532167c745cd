"""Machines shared by workloads: who shares which pool, at which size, and what that saves."""
