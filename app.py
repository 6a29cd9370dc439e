"""The composition root: settings → extensions → blueprints → commands."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from surveys import api, cli, web
from surveys.database import engine_options, prepare_engine
from surveys.environment import read_settings
from surveys.extensions import (
    Toolbox,
    attach_counters,
    attach_glances,
    csrf,
    db,
    login_manager,
    migrate,
)
from surveys.logs import configure_logging
from surveys.settings import ROOT, Settings

REQUEST_LIMIT_BYTES = 1024 * 1024
IDLE_LIMIT = timedelta(minutes=30)


def create_app(settings: Settings | None = None, *, toolbox: Toolbox | None = None) -> Flask:
    """Return the application; reads the environment unless `settings` or a `toolbox` is given.

    Raises InvalidSettings naming every fault. Starts nothing and opens no connection.
    """
    chosen = toolbox.settings if toolbox else settings or read_settings()
    configure_logging(log_format=chosen.log_format, level=chosen.log_level)
    app = Flask(__name__, static_folder=None, template_folder=None)
    app.config.from_mapping(_flask_config(chosen))
    app.extensions["donut"] = toolbox or Toolbox(settings=chosen, keys=chosen.keys())
    _attach_extensions(app)
    attach_counters(app, chosen.ratelimit_storage_uri)
    web.attach(app)
    api.attach(app)
    cli.attach(app)
    if chosen.proxy_hops:
        hops = chosen.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign] # Flask documents wrapping it in place
    return app


def _attach_extensions(app: Flask) -> None:
    db.init_app(app)
    attach_glances(app)
    with app.app_context():
        prepare_engine(db.engine)
    migrate.init_app(
        app,
        db,
        directory=str(ROOT / "models" / "migrations"),
        render_as_batch=True,
        compare_type=True,
        compare_server_default=True,
    )
    # Its context processor would load a user for every page, alumni's and error pages included.
    login_manager.init_app(app, add_context_processor=False)
    csrf.init_app(app)


def _flask_config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": settings.secret_key_fallbacks,
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "SESSION_COOKIE_NAME": "__Host-donut" if settings.is_https else "donut",
        "SESSION_COOKIE_SECURE": settings.is_https,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": IDLE_LIMIT,
        "PREFERRED_URL_SCHEME": urlsplit(settings.base_url).scheme,
        "MAX_CONTENT_LENGTH": REQUEST_LIMIT_BYTES,
        "MAX_FORM_MEMORY_SIZE": REQUEST_LIMIT_BYTES,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_CHECK_DEFAULT": False,
    }
