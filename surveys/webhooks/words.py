"""What went wrong on the way to a receiver, in plain words for pages and the terminal."""

from collections.abc import Mapping
from typing import Final

from surveys.errors import N_

# What each class of failure means for whoever runs the receiver.
ERROR_WORDS: Final[Mapping[str, str]] = {
    "blocked_target": N_("The address leads where nothing may be sent by the operator's rules."),
    "dns": N_("The name of the server was not found."),
    "connect_timeout": N_("The server did not take the connection."),
    "tls": N_("The connection could not be secured: look at the server's certificate."),
    "deadline": N_("The server took longer than 15 seconds."),
    "http_3xx": N_("The server sent us to another address, and redirects are not followed."),
    "http_4xx": N_("The server refused the message."),
    "http_5xx": N_("The server failed while it took the message."),
    "gone": N_("The server said that this address is gone for good (410)."),
    "wrong_challenge": N_("The server did not answer with the random text that it was sent."),
    "no_secret": N_("The secret can't be read any more: make a new one."),
}
