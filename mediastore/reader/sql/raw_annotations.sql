create or replace temp table raw_annotations as
select id, json_transform(line, '{"annotations": ["JSON"]}').annotations as raw
from valid_lines
where line is not null
