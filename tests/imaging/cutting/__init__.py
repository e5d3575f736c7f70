"""Planes and slabs through blocks whose values are known."""
