(
    select * exclude (segment)
    from read_parquet(getvariable('files')['{place}'])
    anti join store.masked using (segment)
)
