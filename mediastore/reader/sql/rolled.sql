(select * exclude (segment) from read_parquet(getvariable('files')['{place}']))
