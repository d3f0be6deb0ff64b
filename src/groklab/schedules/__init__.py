"""Learning-rate schedules that torch does not have as they are."""
