"""A try-out with invented graduates: a local mailbox, a plain form client, one command."""
