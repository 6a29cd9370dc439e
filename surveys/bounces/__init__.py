"""What comes back by mail: read, matched to the mail it answers, judged by one policy."""
