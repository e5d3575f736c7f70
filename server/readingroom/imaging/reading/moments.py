"""DICOM dates and times as moments. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

DAY = timedelta(days=1)


def date_time(said: str) -> datetime | None:
    """A DT down to at least seconds; without an offset from UTC it is taken as UTC. Source: PS3.5 6.2."""
    if not said.isascii():  # other scripts have digits too
        return None
    zone = UTC
    for sign in "+-":
        clock, found, offset = said.partition(sign)
        if found and len(offset) == 4 and offset.isdigit():
            said = clock
            minutes = int(offset[:2]) * 60 + int(offset[2:])
            if minutes >= 24 * 60:
                return None
            zone = timezone(timedelta(minutes=minutes if sign == "+" else -minutes))
    whole, _, fraction = said.partition(".")
    if len(whole) != 14 or not (whole + fraction).isdigit():
        return None
    try:
        at = datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=zone)
        return at + timedelta(seconds=float(f"0.{fraction or 0}"))
    except (ValueError, OverflowError):
        return None


def date_and_time(date: str, time: str) -> datetime | None:
    """A DA and a TM down to at least seconds, also in the forms of old (2026.01.02, 12:30:15), as UTC."""
    return date_time(date.replace(".", "") + time.replace(":", ""))
