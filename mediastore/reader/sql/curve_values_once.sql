select folder, name, step, max(time) as time, arg_max(value, coalesce(time, 0)) as value
from store.metrics
where {conditions} and value is not null
group by folder, name, step
