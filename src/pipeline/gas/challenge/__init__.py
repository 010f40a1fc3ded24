"""A blind data challenge: hits with a hidden truth, and the comparison of a study with it."""
