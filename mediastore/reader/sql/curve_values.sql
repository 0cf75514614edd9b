select folder, name, step, time, value
from store.metrics
where {conditions} and value is not null
