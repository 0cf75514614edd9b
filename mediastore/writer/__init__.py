"""The writing side: it knows the folder, and nothing of who reads it."""
