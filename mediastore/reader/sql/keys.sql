select key, kind, count(*) as items, min(step) as first_step, max(step) as last_step
from store.items
where {conditions}
group by all
order by key, kind
