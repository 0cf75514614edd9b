select name, max_by(value, step) as value
from store.metrics
where {conditions} and value is not null
group by name
order by name
