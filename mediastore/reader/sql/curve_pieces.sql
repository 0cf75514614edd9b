-- what is known of each line without its values; rows of a piece that is in memory alone are counted when they are read
select
    folder, name, sum(count)::bigint as logged, sum(not_finite)::bigint as not_finite, min(step) as first,
    max(until) as last, max(base) as base, bool_and(in_order) as in_order, bool_or(meets) as meets
from (
    select *, coalesce(step <= max(until) over (
        partition by folder, name order by step, until rows between unbounded preceding and 1 preceding
    ), false) as meets
    from (
        select folder, name, step, until, count, not_finite, base, in_order
        from store.indexed_levels
        where grain = 0 and name in ({names})
        union all
        select folder, name, min(step), max(step), 0, 0, 0, true
        from store.live_metrics
        where value is not null and name in ({names})
            and folder in (select folder from store.segments where kind = 'levels')
        group by folder, name
    )
)
where {chosen}
group by folder, name
