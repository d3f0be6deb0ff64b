"""What keeps a network from overfitting: penalties, layers and procedures, one a file."""
