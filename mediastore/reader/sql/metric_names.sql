select distinct name
from (
    select folder, name from store.names
    union all
    select folder, name from store.live_metrics
    {unnamed}
)
where folder in (select folder from store.runs where {conditions})
order by name
