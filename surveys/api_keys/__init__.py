"""The keys of other systems: made, found by what was presented, ended; what each may see."""
