"""Benchmarks: each prints ratios against a limit and a naive baseline measured in the same run."""
