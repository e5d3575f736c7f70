"""The phantom's body: analytic shapes in mm, painted as HU on one slice at a time. Knows no DICOM."""
