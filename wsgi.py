"""What gunicorn and the `flask` command load; importing it starts nothing."""

from app import create_app

app = create_app()
