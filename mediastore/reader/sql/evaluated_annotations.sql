with names as (
    select unnest($labels) as name, generate_subscripts($labels, 1) - 1 as number
)
select
    a.id,
    coalesce(a.frame, -1)::bigint as frame,
    a.position::bigint as position,
    names.number::bigint as label,
    coalesce(a.score, 'nan'::double) as score,
    case when a.type = 'span' then a.start_s else a.x0 end as x0,
    case when a.type = 'span' then 0.0 else a.y0 end as y0,
    case when a.type = 'span' then a.end_s else a.x1 end as x1,
    case when a.type = 'span' then 1.0 else a.y1 end as y1,
    coalesce(try_cast(coalesce(a.attrs ->> '$.area', a.rest ->> '$.area') as double), 'nan'::double) as area,
    lower(coalesce(a.attrs ->> '$.iscrowd', a.attrs ->> '$.crowd', a.rest ->> '$.iscrowd', '')) in ('1', 'true')
        as crowd,
    lower(coalesce(a.attrs ->> '$.ignore', a.attrs ->> '$.difficult', a.rest ->> '$.ignore', '')) in ('1', 'true')
        as ignored,
    {geometry} as geometry
from store.annotations a
join names on names.name = coalesce(a.label, '')
where {conditions} and a.layer = $layer_name and a.type in ({types})
    and not (a.type = 'mask' and coalesce(a.rest ->> '$.classes', '') != '')
