insert into problems_read
select
    number,
    journal,
    "offset",
    'file must stay inside the run''s media folder, got "' || record.file || '"; it is not followed'
from parsed
join parsed_items using (number, journal, "offset")
where parsed_items.path = '' and record.file is not null
