-- where there are many runs: a count for each with each label, layer, key and bin would be a large table
runs_counted as (
    select
        folder,
        count(*) as all_of,
        count(*) filter ({own_label} and {own_layer} and {key} and {score} and {rest}) as n
    from store.annotations
    where {view}
    group by folder
)
