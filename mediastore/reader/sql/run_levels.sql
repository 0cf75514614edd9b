copy (
    select $folder as folder, name, grain, step, until, time, value, count, not_finite, base, top, in_order
    from made_levels
    order by grain, name, step
) to $path (format parquet, compression zstd, parquet_version v2, row_group_size 8192)
