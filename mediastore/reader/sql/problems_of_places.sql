insert into problems_read
select
    id,
    folder,
    journal,
    "offset",
    'file must stay inside the run''s media folder, got "' || record.file || '"; it is not followed'
from parsed
where record.file is not null and id in (select id from read_items where path = '')
