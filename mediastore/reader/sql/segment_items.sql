copy (
    from {rows}
    order by key, step, index, "offset"
) to $path (format parquet, compression zstd, parquet_version v2, row_group_size 60000)
