"""What papers look like, a module for each kind of office."""
