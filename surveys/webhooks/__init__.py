"""The outbox of events: said once, brought to each receiver until it has them."""
