(from read_parquet(getvariable('files')['{place}']))
