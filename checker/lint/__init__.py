"""What is wrong with a pack although it loads: checks, a small function each, and the table that lists them."""
