"""Benchmarks: what the service costs, measured beside a floor in the same run. No test depends on a figure."""
