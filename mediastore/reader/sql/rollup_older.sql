(from read_parquet($older) semi join alive using (segment))
