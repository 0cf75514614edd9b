drop table if exists parsed;
drop table if exists read_metrics;
drop table if exists raw_annotations;
