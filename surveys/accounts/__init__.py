"""Who works here and how they prove it: people, passwords, one-time links, sign-ins."""
