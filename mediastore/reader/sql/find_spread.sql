with counted as materialized (
    select
        label,
        layer,
        key,
        case when isfinite(score) then least(floor($bins * (score - $low) / ($high - $low)), $bins - 1)::integer end as bin,
        {run} as is_run,
        {score} as is_score,
        {rest} as is_rest,
        {folder} as folder,
        count(*) as n
    from store.annotations
    where {view}
    group by all
),
named as (
    select coalesce(label, '') as label, coalesce(layer, '') as layer, key, bin, is_run, is_score, is_rest, folder, n
    from counted
),
judged as (
    select *, {label} as is_label, {layer} as is_layer, {key} as is_key from named
),
{runs_counted}
select 'labels' as facet, label as name, sum(n) as all_of,
    sum(n) filter (is_layer and is_key and is_run and is_score and is_rest) as n
from judged group by label
union all
select 'layers', layer, sum(n), sum(n) filter (is_label and is_key and is_run and is_score and is_rest)
from judged group by layer
union all
select 'keys', key, sum(n), sum(n) filter (is_label and is_layer and is_run and is_score and is_rest)
from judged group by key
union all
select 'runs', project || '/' || run, all_of, runs_counted.n
from runs_counted join (select folder, project, run from store.runs) using (folder)
union all
select 'scores', bin::varchar, sum(n), sum(n) filter (is_label and is_layer and is_key and is_run and is_rest)
from judged where bin is not null group by bin
union all
select 'found', '', sum(n), sum(n) filter (is_label and is_layer and is_key and is_run and is_score and is_rest)
from judged
order by facet, all_of desc, name
