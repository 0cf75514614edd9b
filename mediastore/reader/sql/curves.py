"""Pieces of the questions about curves."""

LEVELLED = "select distinct folder from store.segments where kind = 'levels'"
RUNS = "select folder, project, run, created from store.runs where {conditions}"
