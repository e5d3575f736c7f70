"""Our pictures beside those of an independent renderer: `python -m tests.imaging.oracle` prints them.

Every single image of the test data and every slice of its volumes is drawn by `render`'s own code and by the
oracle (DCMTK through READINGROOM_ORACLE, default ../shared/tools/oracle.py) in the same window. Pixels equal
to padding are left out, since DCMTK draws them as values. Where it cannot draw (LINEAR_EXACT, floats,
supplemental palettes) the formula of the standard judges.
"""
