"""Alarms on what a trail records: the fourteen of the CIS AWS Foundations Benchmark, which ask for a filter, an alarm and a listener."""
