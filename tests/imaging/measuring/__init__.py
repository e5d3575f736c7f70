"""Figures on stacks whose truths are known."""
