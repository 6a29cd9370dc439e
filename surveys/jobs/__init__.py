"""The scheduler's process: the clock, the sender, and one pass of each job."""
