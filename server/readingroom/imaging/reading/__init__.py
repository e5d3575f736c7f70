"""Hostile bytes into headers and pixels. Runs in the decode process only; nothing else parses DICOM."""
