"""The recipe of a painted slide or cohort, and the families that vary the look of slides."""
