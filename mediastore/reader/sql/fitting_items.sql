(
    select
        id,
        any_value(project) as project,
        any_value(run) as run,
        any_value(key) as key,
        any_value(step) as step,
        any_value(index) as index,
        any_value(sample) as sample,
        any_value(time) as time,
        max(nullif(score, 'nan')) as best,
        count(*) as fitting
    from store.annotations
    where {conditions}
    group by id
)
