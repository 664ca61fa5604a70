"""The commands, a module each. `cli` imports the one that runs, and all of them only to list them."""
