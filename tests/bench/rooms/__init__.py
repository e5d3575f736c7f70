"""What rooms cost: fan-out, rooms of two, a hundred and five hundred rooms, and an idle one; beside rivals."""
