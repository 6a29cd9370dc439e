"""The service's settings, read once from the environment."""

from surveys.environment.reading import InvalidSettings, read_settings, refuse_counting_apart

__all__ = ["InvalidSettings", "read_settings", "refuse_counting_apart"]
