"""Asking AWS: targets, the plan of reads, the budget of calls, the guard, and one Reading per call."""
