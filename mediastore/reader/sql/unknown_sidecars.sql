with known as (
    select
        folders.path || printf('%09d-%02d-%s', step, index, writer)
        || case when occurrence = 1 then '' else '-' || occurrence end || '.json' as name
    from (
        select
            key, step, index, writer,
            row_number() over (partition by key, step, index, writer order by journal, "offset") as occurrence
        from indexed
        where journal like 'items/%'
    )
    join folders using (key)
)
select name from sidecars anti join known using (name)
