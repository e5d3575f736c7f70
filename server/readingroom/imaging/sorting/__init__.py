"""Headers into studies, series and stacks: what belongs together, in which order, and is it a block."""
