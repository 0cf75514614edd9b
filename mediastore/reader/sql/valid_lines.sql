select
    number,
    case when json_valid(line) then line when trim(line, e' \t\r\n') <> '' then 'null' end as line,
    "offset",
    length
from lines
