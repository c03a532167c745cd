"""The full cost of every placement, and from when on one of them is cheaper than another."""
