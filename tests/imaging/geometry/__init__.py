"""Order, place and regularity of whole series against independently computed ones."""
