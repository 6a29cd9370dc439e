"""The outbox: claim, render, compose, send, settle. Knows no other room."""
