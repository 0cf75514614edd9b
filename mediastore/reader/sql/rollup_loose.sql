(
    select * exclude (filename), regexp_extract(filename, '([0-9a-f]+)-[a-z]+\.parquet$', 1) as segment
    from read_parquet($loose, filename = true)
)
