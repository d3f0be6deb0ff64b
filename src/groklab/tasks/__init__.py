"""Lightning modules: what a network is trained to do."""
