"""Reads a store: journals and their Parquet index, as four SQL views. Knows the folder, not the writer."""
