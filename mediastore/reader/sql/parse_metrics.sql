create or replace temp table parsed as
select
    "offset",
    json_transform(line, '{
        "step": "VARCHAR", "time": "DOUBLE", "values": "MAP(VARCHAR, JSON)"}') as record
from lines
where line is not null;
