copy (from {rows} order by name, folder, step, time) to $path (format parquet, compression zstd, parquet_version v2)
