"""Pieces of the questions about curves."""

X = {
    "step": {"x": "step::double", "joined": ""},
    "time": {"x": "time", "joined": ""},
    "elapsed": {
        "x": "time - started",
        "joined": "join (select folder, created as started from store.runs) using (folder)",
    },
}
JOINED_METRIC = "left join (select folder, step, value as other from ({values})) using (folder, step)"
DRAWABLE = "coalesce(isfinite(value) and isfinite(x), false)"
INSIDE = "x between $low and $high"
DISTINCT = "count(distinct step)"
DISTINCT_NARROW = "bit_count(bitstring_agg(step, $step_least, $step_most))"
