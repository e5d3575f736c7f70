"""What rooms cost, beside rivals: fan-out, rooms of two, hundreds of rooms, and an idle one."""
