runs_counted as (
    select
        folder,
        sum(n) as all_of,
        sum(n) filter (is_label and is_layer and is_key and is_score and is_rest) as n
    from judged
    group by folder
)
