select project, run, step, time, name, value, text
from store.metrics
where {conditions}
order by project, run, name, step, time
