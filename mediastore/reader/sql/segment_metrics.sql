copy (from {rows} order by name, step, time) to $path (format parquet, compression zstd, parquet_version v2)
