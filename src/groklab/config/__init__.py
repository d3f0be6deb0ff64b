"""From YAML and the command line to a config that is known to be right."""
