copy (
    -- what is the same in every row is not sorted: there may be millions
    select $folder as folder, $project as project, $run as run, step, time, name, value, text
    from (select step, time, name, value, text from {rows} order by name, step, time)
) to $path (format parquet, compression zstd, parquet_version v2)
