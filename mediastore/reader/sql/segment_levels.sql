copy (
    from {rows}
    order by grain, name, folder, step
) to $path (format parquet, compression zstd, parquet_version v2, row_group_size 30000)
