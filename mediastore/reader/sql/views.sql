create view store.indexed_metrics as from store.live_metrics limit 0;
create view store.indexed_levels as from store.live_levels limit 0;
create view store.indexed_items as from store.live_items limit 0;
create view store.indexed_annotations as from store.live_annotations limit 0;

create view store.metrics as from store.indexed_metrics union all by name from store.live_metrics;

create view store.items as
from (from store.indexed_items union all by name from store.live_items)
anti join store.superseded using (id);

create view store.annotations as
from (from store.indexed_annotations union all by name from store.live_annotations)
anti join store.superseded using (id);

create view runs as
select project, run, name, status, created, updated, config, summary, tags, notes, run_group, job_type
from store.runs;

create view metrics as
select project, run, step, time, name, value, text
from store.metrics;

create view items as
select
    project, run, key, step, index, kind, path, caption, sample, width, height, sample_rate, channels, duration_s,
    fps, frames, codec, columns, rows, bytes, sha256, values, problem, time
from store.items;

create view annotations as
select
    project, run, key, step, index, position, path, sample, layer, type, label, score, x0, y0, x1, y1, start_s, end_s,
    frame, track, text, attrs, rest
from store.annotations;
