select project, run, key, layer, type, count(*) as annotations, count(distinct id) as items,
    min(step) as first_step, max(step) as last_step
from store.annotations
where {conditions}
group by all
order by project, run, key, layer, type
