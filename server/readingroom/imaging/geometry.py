"""Where a frame lies in the patient: pure functions over a stack's geometry."""

from __future__ import annotations

from readingroom.imaging.index import Orientation, Point, Stack


def center_mm(stack: Stack, index: int) -> Point | None:
    """The center of frame `index` in the patient, mm LPS; None without geometry.

    Source: PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1: the position is that of the center of the first pixel.
    """
    if stack.orientation is None or stack.spacing_mm is None:
        return None
    position = stack.frames[index].position_mm
    if position is None:
        return None
    between_rows, between_columns = stack.spacing_mm
    right = (stack.columns - 1) / 2 * between_columns
    down = (stack.rows - 1) / 2 * between_rows
    along_row, along_column = stack.orientation[:3], stack.orientation[3:]
    x, y, z = (
        origin + a * right + b * down for origin, a, b in zip(position, along_row, along_column, strict=True)
    )
    return (x, y, z)


def extent_mm(stack: Stack) -> tuple[float, float] | None:
    """Width and height of a frame, edge to edge, mm; None without spacing."""
    if stack.spacing_mm is None:
        return None
    between_rows, between_columns = stack.spacing_mm
    return (stack.columns * between_columns, stack.rows * between_rows)


def normal_of(orientation: Orientation) -> Point:
    """The direction in which slices follow each other: row direction × column direction, not of unit length.

    Source: PS3.3 C.7.6.2.1.1.
    """
    ax, ay, az, bx, by, bz = orientation
    return (ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)


def nearest_frame(stack: Stack, point_mm: Point) -> int:
    """The frame whose plane lies nearest to a point; the middle one without geometry."""
    positions = [frame.position_mm for frame in stack.frames]
    if stack.orientation is None or None in positions:
        return len(positions) // 2
    normal = normal_of(stack.orientation)
    at = _along(normal, point_mm)
    placed = [position for position in positions if position is not None]
    return min(range(len(placed)), key=lambda index: abs(_along(normal, placed[index]) - at))


def _along(normal: Point, point: Point) -> float:
    return sum(a * b for a, b in zip(normal, point, strict=True))
