with chosen as (
    select project || '/' || run as ref, step, path, kind,
        row_number() over (partition by project, run, step order by index) as place
    from store.items
    where {items} and path <> ''
)
select ref, step, path, kind, count(*) over () as found
from chosen
order by place, ref, step
limit $limit
