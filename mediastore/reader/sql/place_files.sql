select distinct
    record.key as key,
    case when regexp_matches(record.file, '^\.*$|[/\\]') then record.file end as file
from parsed
anti join unreadable using ("offset")
where record.file is not null;
