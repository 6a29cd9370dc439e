"""What gunicorn and the `flask` command load; importing it starts nothing."""

import sys

from app import create_app
from surveys.environment import InvalidSettings

try:
    app = create_app()
except InvalidSettings as error:
    # A traceback would hide the one message that tells the operator what to mend.
    sys.exit(str(error))
