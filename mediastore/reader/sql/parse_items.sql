create or replace temp table parsed as
select
    id,
    folder,
    journal,
    "offset",
    length,
    json_transform(line, '{
        "format": "VARCHAR", "project": "VARCHAR", "run": "VARCHAR", "key": "VARCHAR", "step": "VARCHAR",
        "index": "VARCHAR", "writer": "VARCHAR", "kind": "VARCHAR", "file": "VARCHAR", "caption": "VARCHAR", "sample": "VARCHAR",
        "width": "BIGINT", "height": "BIGINT", "sample_rate": "DOUBLE", "channels": "BIGINT", "duration_s": "DOUBLE",
        "fps": "DOUBLE", "frames": "BIGINT", "codec": "VARCHAR", "columns": "JSON", "rows": "BIGINT",
        "bytes": "BIGINT", "sha256": "VARCHAR", "values": "JSON", "problem": "VARCHAR", "time": "DOUBLE",
        "annotations": [{
            "layer": "VARCHAR", "type": "VARCHAR", "label": "VARCHAR", "score": "DOUBLE", "box": ["DOUBLE"],
            "span": ["DOUBLE"], "frame": "BIGINT", "track": "VARCHAR", "text": "VARCHAR", "attrs": "JSON"}]
    }') as record
from valid_lines
where line is not null;
