left join (
    select id, (wrong + lost) / nullif(2.0 * found + wrong + lost, 0) as rank
    from (
        select project, run, key, step, index,
            count(*) filter (outcome = 'TP' and score >= $lowest_score) as found,
            count(*) filter (outcome = 'FP' and score >= $lowest_score) as wrong,
            count(*) filter (outcome = 'FN' or outcome = 'found' and other_score < $lowest_score) as lost
        from store.matches
        group by all
    )
    join store.items using (project, run, key, step, index)
) using (id)
