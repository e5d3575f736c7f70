"""Files and their headers and pixels, sound and hostile."""
