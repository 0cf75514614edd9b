select
    'annotations' as facet, label, layer, bin, is_in_range, count(*) as counted, min(score) as low, max(score) as high,
    null::varchar as project, null::varchar as run, null::varchar as key, null::varchar as kind
from (
    select
        label, layer, score,
        if(score is null, null, greatest(0, least($bins - 1, floor((score - $low) * $bins_a_unit))))::smallint as bin,
        {in_range} as is_in_range
    from (select label, layer, {score} as score from store.annotations where {annotations})
)
group by label, layer, bin, is_in_range
union all by name
select 'items' as facet, project, run, key, kind, count(*) as counted
from store.items
where {items}
group by project, run, key, kind
union all by name
select 'total' as facet, count(*) as counted
from store.items
