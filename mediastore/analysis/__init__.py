"""Predictions against the truth, as pure functions over arrays: this part knows no store."""
