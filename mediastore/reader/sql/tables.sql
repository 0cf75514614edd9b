create table {prefix}metrics (
    folder varchar, project varchar, run varchar, step bigint, time double, name varchar, value double, text varchar
);
create table {prefix}levels (
    folder varchar, name varchar, grain bigint, step bigint, until bigint, time double, value double, count bigint,
    not_finite bigint, base bigint, top bigint, in_order boolean
);
create table {prefix}items (
    id bigint, folder varchar, journal varchar, "offset" bigint, length integer, writer varchar,
    project varchar, run varchar, key varchar, step bigint, index bigint, kind varchar, path varchar, caption varchar,
    sample varchar, width bigint, height bigint, sample_rate double, channels bigint, duration_s double, fps double,
    frames bigint, codec varchar, columns json, rows bigint, bytes bigint, sha256 varchar, values json,
    problem varchar, time double
);
create table {prefix}annotations (
    id bigint, folder varchar, position bigint, project varchar, run varchar, key varchar, step bigint, index bigint,
    path varchar, sample varchar, layer varchar, type varchar, label varchar, score double,
    x0 double, y0 double, x1 double, y1 double, start_s double, end_s double, frame bigint, track varchar,
    text varchar, attrs json, rest json, time double
);
