"""What a run wrote down, mirrored into MLflow by a process of its own."""
