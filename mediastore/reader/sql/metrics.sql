create or replace temp table read_metrics as
with exploded as (
    select folder, try_cast(record.step as bigint) as step, record.time as time, unnest(map_entries(record.values)) as entry
    from parsed
    anti join problems_read using (id)
), typed as (
    select *, entry.key as name, json_type(entry.value) as type, entry.value ->> '$' as content from exploded
)
select
    folder,
    project,
    run,
    step,
    time,
    name,
    case
        when type in ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT') then try_cast(content as double)
        when type = 'BOOLEAN' then (content = 'true')::int::double
        when content in ('NaN', 'Infinity', '-Infinity') then content::double
    end as value,
    case when type not in ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT', 'BOOLEAN', 'NULL')
        and content not in ('NaN', 'Infinity', '-Infinity') then content end as text
from typed
join identities using (folder);
