"""Conditions on items and annotations, one a filter; `{marks}` stands for placeholders, never for values."""

# of both tables
EITHER = {
    "run": "run in ({runs}) and (run in ({marks}) or project || '/' || run in ({marks}))",
    "key": "key in ({marks})",
    "step": "step between $step_low and $step_high",
    "sample": "sample in ({marks})",
    "index": "index in ({marks})",
}
LATEST = """(project, run, key, step) in (
    select (project, run, key, max(step)) from store.items where {others} group by project, run, key
)"""

# of items alone
ITEMS = {
    "kind": "kind in ({marks})",
    "caption": "contains(lower(caption), lower($caption))",
    "problem_text": "contains(lower(problem), lower($problem))",
    "problem": "problem is not null",
    "no_problem": "problem is null",
}

# of annotations alone
ANNOTATIONS = {
    "label": "label in ({marks})",
    "layer": "layer in ({marks})",
    "score": "score between $score_low and $score_high",
}

METRIC_NAME = "name in ({marks})"

ITEM_OF_ANNOTATION = "id in (select id from store.annotations where {conditions})"
ANNOTATION_OF_ITEM = "id in (select id from store.items where {conditions})"
