create or replace temp view valid_lines as
select
    * replace (case when json_valid(line) then line when trim(line, e' \t\r\n') <> '' then 'null' end as line)
from lines
