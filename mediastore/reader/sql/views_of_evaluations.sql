create table store.matches (
    folder varchar, project varchar, run varchar, key varchar, step bigint, index bigint, path varchar, sample varchar,
    layer varchar, position bigint, label varchar, score double, x0 double, y0 double, x1 double, y1 double,
    area double, outcome varchar, error varchar, overlap double,
    other_position bigint, other_label varchar, other_score double
);
create table store.evaluations (
    folder varchar, project varchar, run varchar, key varchar, step bigint, items bigint, truths bigint,
    predictions bigint, AP double, AP50 double, AP75 double, AP_small double, AP_medium double, AP_large double,
    AR_1 double, AR_10 double, AR_100 double, AR_small double, AR_medium double, AR_large double,
    TP bigint, FP bigint, FN bigint, precision double, recall double, F1 double,
    localisation bigint, confusion bigint, "both" bigint, duplicate bigint, background bigint, missed bigint
);
create table store.evaluations_by_label (
    folder varchar, project varchar, run varchar, key varchar, step bigint, label varchar, truths bigint,
    predictions bigint, AP double, AP50 double, AP75 double, AR_100 double, TP bigint, FP bigint, FN bigint,
    precision double, recall double, F1 double, best_score double, best_F1 double
);

create view matches as select * exclude (folder) from store.matches;
create view evaluations as select * exclude (folder) from store.evaluations;
create view evaluations_by_label as select * exclude (folder) from store.evaluations_by_label;
