"""Every performance figure of the documentation, beside what a user would do otherwise."""
