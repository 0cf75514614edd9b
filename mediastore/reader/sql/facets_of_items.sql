select 'items' as facet, project, run, key, kind, count(*) as counted
from store.items
where {conditions}
group by project, run, key, kind
union all by name
select 'total' as facet, count(*) as counted
from store.items
