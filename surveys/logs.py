"""Log lines: constant event names with fields; personal tokens and addresses are blanked."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

TOKEN = re.compile(r"(?i)(/(?:s|u|v|login/link)/)[^\s/?\"']+")
# A link's token wherever it stands, as in `/%73/<token>`, which servers log as it came.
BARE_TOKEN = re.compile(r"(?i)(?<![a-z0-9])[a-z2-7]{32}(?![a-z0-9])")
ADDRESS = re.compile(r"[^\s<>\"'@=]+@[^\s<>\"']+")


def blank(text: str) -> str:
    """Return `text` without personal links and addresses; a last net, not the rule."""
    without_links = BARE_TOKEN.sub("[token]", TOKEN.sub(r"\1[token]", text))
    return ADDRESS.sub("[address]", without_links)


class _ErrorStream(logging.Handler):
    """Writes to whatever stderr is at that moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line; a line that can't be written is dropped."""
        try:
            sys.stderr.write(self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - whatever a full disk or a closed pipe raises
            self.handleError(record)


def configure_logging(*, log_format: str, level: str) -> None:
    """Send every logger of the process, ours and the libraries', to stderr in one format."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _blank_fields,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        # What nobody will read is dropped before anything is made of it.
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = _ErrorStream()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # A line that can't be written must not be printed raw, with whatever it holds.
    logging.raiseExceptions = False
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # It warns with the raw headers of whoever answered, and what answers is not ours to keep.
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _blank_fields(_logger: WrappedLogger, _name: str, fields: EventDict) -> EventDict:
    return {key: blank(value) if isinstance(value, str) else value for key, value in fields.items()}
