create or replace temp table problems_read as
select
    id,
    folder,
    journal,
    "offset",
    case
        when record is null then 'a line must be one JSON object, got something else; mend or remove it'
        when record.values is null then 'a line of metrics must have values by name, got none; mend or remove it'
        else 'step must be a whole number from 0, got ' || coalesce(record.step, 'none') || '; mend or remove the line'
    end as problem
from parsed
where
    record is null
    or record.values is null
    or not coalesce(regexp_full_match(record.step, '[0-9]{1,18}'), false);
