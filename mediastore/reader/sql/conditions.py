"""Conditions, one a filter; `{marks}` stands for placeholders of bound values, never for values."""

# of items and annotations
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
OF_RUN = "folder in (select folder from store.runs where {conditions})"

# of runs alone
RUNS = {
    "project": "project in ({marks})",
    "status": "status in ({marks})",
    "tag": "list_has_any(tags, [{marks}]::varchar[])",
}

# of items alone
ITEMS = {
    "kind": "kind in ({marks})",
    "caption": "contains(lower(caption), lower($caption))",
    "problem_text": "contains(lower(problem), lower($problem))",
    "problem": "problem is not null",
    "no_problem": "problem is null",
}
LABELS_NONE = "id not in (select id from store.annotations where {conditions} and label in ({marks}))"
LABEL_OF_ALL = "id in (select id from store.annotations where {conditions} and label = {mark})"

# of annotations alone
ANNOTATIONS = {
    "label": "label in ({marks})",
    "layer": "layer in ({marks})",
    "type": "type in ({marks})",
    "track": "track in ({marks})",
    "score": "score between $score_low and $score_high",
    "area": "(x1 - x0) * (y1 - y0) between $area_low and $area_high",
    "aspect": "(x1 - x0) / nullif(y1 - y0, 0) between $aspect_low and $aspect_high",
    "area_share": """(x1 - x0) * (y1 - y0) / (
        select nullif(i.width * i.height, 0) from store.items i where i.id = annotations.id
    ) between $area_share_low and $area_share_high""",
    "text": "contains(lower(text), lower($text))",
    "frame": "frame between $frame_low and $frame_high",
}
SCORES = "json_extract(rest, '$.scores')"

METRIC_NAME = "name in ({marks})"

# of a field of a JSON column
NUMBER_AMONG = "num({column}, {field}) between {low} and {high}"
NUMBER_IS = "num({column}, {field}) = {mark}"
TEXT_IS = "str({column}, {field}) = {mark}"

ITEM_OF_ANNOTATION = "id in (select id from store.annotations where {conditions})"
ANNOTATION_OF_ITEM = "id in (select id from store.items where {conditions})"
