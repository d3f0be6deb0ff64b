"""Networks: plain torch modules, one concept a file."""
