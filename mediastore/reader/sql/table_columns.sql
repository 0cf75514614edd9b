select table_name as "table", column_name as "column", lower(data_type) as "type"
from information_schema.columns
where table_schema = 'main'
order by array_position(['runs', 'metrics', 'items', 'annotations'], table_name), ordinal_position
