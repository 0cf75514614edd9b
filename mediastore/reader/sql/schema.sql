create schema store;

create table store.segments (folder varchar, kind varchar, path varchar);
create table store.superseded (folder varchar, id bigint);

create table store.runs (
    folder varchar, project varchar, run varchar, name varchar, status varchar, created double, updated double,
    config json, summary json, tags varchar[], notes varchar, run_group varchar, job_type varchar
);
create table store.live_metrics (
    folder varchar, project varchar, run varchar, step bigint, time double, name varchar, value double, text varchar
);
create table store.live_items (
    id bigint, folder varchar, journal varchar, "offset" bigint, length integer, writer varchar,
    project varchar, run varchar, key varchar, step bigint, index bigint, kind varchar, path varchar, caption varchar,
    sample varchar, width bigint, height bigint, sample_rate double, channels bigint, duration_s double, fps double,
    frames bigint, codec varchar, columns json, rows bigint, bytes bigint, sha256 varchar, values json,
    problem varchar, time double
);
create table store.live_annotations (
    id bigint, folder varchar, position bigint, project varchar, run varchar, key varchar, step bigint, index bigint,
    path varchar, sample varchar, layer varchar, type varchar, label varchar, score double,
    x0 double, y0 double, x1 double, y1 double, start_s double, end_s double, frame bigint, track varchar,
    text varchar, attrs json, rest json, time double
);

create view store.indexed_metrics as from store.live_metrics limit 0;
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
    project, run, key, step, index, path, sample, layer, type, label, score, x0, y0, x1, y1, start_s, end_s, frame,
    track, text, attrs, rest
from store.annotations;
