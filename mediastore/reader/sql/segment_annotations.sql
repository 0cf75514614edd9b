copy (
    from {rows}
    order by label, layer, score desc, id, position
) to $path (format parquet, compression zstd, parquet_version v2, row_group_size 60000)
