create or replace temp table parsed as
select
    id,
    folder,
    journal,
    "offset",
    json_transform(line, '{
        "step": "VARCHAR", "time": "DOUBLE", "values": "MAP(VARCHAR, JSON)"}') as record
from valid_lines
where line is not null;
