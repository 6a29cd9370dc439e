"""The JSON edge: what other systems ask, push and are told, under `/api/v1`."""
