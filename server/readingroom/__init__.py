"""ReadingRoom: a shared room in which people look at the same scan together."""

__version__ = "0.1.0"
