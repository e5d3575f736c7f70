"""Lengths, angles, areas and values of real voxels, in the patient where the file says how."""
