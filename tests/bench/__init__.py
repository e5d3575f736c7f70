"""Figures, beside a rival or a floor in the same run. Nothing here fails a test."""
