select project || '/' || run as ref, step, count(*) as items
from store.items
where {conditions}
group by all
order by ref, step
