create or replace temp view read_annotations as
with exploded as (
    select
        id,
        folder,
        unnest(record.annotations) as annotation,
        generate_subscripts(record.annotations, 1) as position{raw}
    where record.annotations is not null
)
select
    i.id,
    exploded.folder,
    (position - 1)::bigint as position,
    i.project,
    i.run,
    i.key,
    i.step,
    i.index,
    i.path,
    i.sample,
    annotation.layer,
    annotation.type,
    annotation.label,
    annotation.score,
    annotation.box[1] as x0,
    annotation.box[2] as y0,
    annotation.box[3] as x1,
    annotation.box[4] as y1,
    annotation.span[1] as start_s,
    annotation.span[2] as end_s,
    annotation.frame,
    annotation.track,
    annotation.text,
    annotation.attrs,
    {rest} as rest,
    i.time
from exploded
join read_items i using (id)
where annotation is not null;
