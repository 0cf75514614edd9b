with known as (
    select
        folder,
        folders.path || printf('%09d-%02d-%s', step, index, writer)
        || case when occurrence = 1 then '' else '-' || occurrence end || '.json' as name
    from (
        select
            folder, key, step, index, writer,
            row_number() over (partition by folder, key, step, index, writer order by journal, "offset") as occurrence
        from indexed
        where journal like 'items/%'
    )
    join folders using (key)
)
select folder, name from sidecars anti join known using (folder, name)
