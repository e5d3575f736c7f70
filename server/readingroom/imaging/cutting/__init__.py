"""Planes and slabs through a block of voxels."""
