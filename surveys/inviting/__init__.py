"""Who is asked, when, and why somebody is not: audience, plan, launch, what is due."""
