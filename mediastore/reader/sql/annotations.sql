create or replace temp view read_annotations as
with exploded as (
    select
        number,
        unnest(record.annotations) as annotation,
        unnest(raw.annotations) as raw,
        generate_subscripts(record.annotations, 1) as position
    from parsed
    where record.annotations is not null
)
select
    i.id,
    i.folder,
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
    nullif(json_merge_patch(raw, '{
        "layer": null, "type": null, "label": null, "score": null, "box": null, "span": null, "frame": null,
        "track": null, "text": null, "attrs": null}'), '{}') as rest,
    i.time
from exploded
join parsed_items i using (number)
where annotation is not null;
