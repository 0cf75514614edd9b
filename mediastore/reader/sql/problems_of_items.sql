create or replace temp table problems_read as
select
    id,
    folder,
    journal,
    "offset",
    case
        when record is null then 'a line must be one JSON object, got something else; mend or remove it'
        when coalesce(record.format, '1') <> '1' then
            'a record must have format 1, got ' || record.format || '; install a mediastore that reads that format'
        when record.key is null or record.kind is null or record.project is null or record.run is null then
            'a record must have project, run, key and kind, got one without; mend or remove it'
        else
            'step and index must be whole numbers from 0, got ' || coalesce(record.step, 'none') || ' and '
            || coalesce(record.index, 'none') || '; mend or remove the line'
    end as problem
from parsed
where
    record is null
    or coalesce(record.format, '1') <> '1'
    or record.project is null or record.run is null or record.key is null or record.kind is null
    or not coalesce(regexp_full_match(record.step, '[0-9]{1,18}'), false)
    or not regexp_full_match(coalesce(record.index, '0'), '[0-9]{1,18}');
