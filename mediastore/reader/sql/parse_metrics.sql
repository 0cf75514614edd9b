create or replace temp table parsed as
select
    "offset",
    case when json_valid(line) then json_transform(line, '{
        "step": "VARCHAR", "time": "DOUBLE", "values": "MAP(VARCHAR, JSON)"}') end as record
from lines
where trim(line, e' \t\r\n') <> '';
