"""Many fits of one shape trained as one."""
