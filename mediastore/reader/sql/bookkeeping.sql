create schema store;

create table store.segments (folder varchar, kind varchar, path varchar, segment varchar);
create table store.parts (kind varchar, path varchar);
create table store.rolled (segment varchar);
create table store.names (folder varchar, name varchar);
create table store.unnamed (folder varchar);
create view store.masked as from store.rolled anti join store.segments using (segment);

create table store.superseded (folder varchar, id bigint);

create table store.runs (
    folder varchar, project varchar, run varchar, name varchar, status varchar, created double, updated double,
    config json, summary json, tags varchar[], notes varchar, run_group varchar, job_type varchar
);
