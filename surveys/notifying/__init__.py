"""Mails to staff: queued by any edge, written and sent by the scheduler, each at most once."""
