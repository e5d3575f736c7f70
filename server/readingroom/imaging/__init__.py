"""DICOM into pictures and numbers. Has never seen a room or the wire."""
