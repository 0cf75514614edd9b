with chosen as (
    select id, project || '/' || run as ref, step, values, duration_s
    from store.items
    where {items}
), counted as (
    select ref, step, count(*) as items
    from chosen
    group by all
), numbers as (
    select
        ref, step, 'value' as sort, entry.key as name, '' as layer, avg(try_cast(entry.value as double)) as value
    from (
        select ref, step, unnest(map_entries(json_transform(values, '"MAP(VARCHAR, JSON)"'))) as entry
        from chosen
        where values is not null
    )
    group by all
    union all
    select ref, step, 'duration', '', '', avg(duration_s)
    from chosen
    where duration_s is not null
    group by all
), said as (
    select c.ref, c.step, coalesce(a.label, '') as label, coalesce(a.layer, '') as layer, a.score
    from (from store.annotations where {annotations}) a
    join chosen c using (id)
), labels as (
    select distinct ref, label, layer from said
), by_step as (
    select ref, step, label, layer, count(*) as annotations, avg(score) as score
    from said
    group by all
)
select ref, step, sort, name, layer, value
from numbers
where isfinite(value)
union all
select l.ref, c.step, 'count', l.label, l.layer, coalesce(b.annotations, 0) / c.items
from labels l
join counted c on c.ref = l.ref
left join by_step b on b.ref = l.ref and b.step = c.step and b.label = l.label and b.layer = l.layer
union all
select ref, step, 'score', label, layer, score
from by_step
where score is not null and isfinite(score)
order by ref, step, sort, name, layer
