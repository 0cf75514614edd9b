select distinct
    folder,
    record.key as key,
    case when regexp_matches(record.file, '^\.*$|[/\\]') then record.file end as file
from parsed
anti join problems_read using (id)
where record.file is not null;
