select
    row_number() over (order by project, run, name) - 1 as line, project, run, folder, name, logged, not_finite,
    in_range, x_low, x_high
from (
    select
        folder, name, count(*) as logged, count(*) filter (not {drawable}) as not_finite,
        count(*) filter ({drawable} and {inside}) as in_range,
        min(x) filter ({drawable} and {inside}) as x_low, max(x) filter ({drawable} and {inside}) as x_high
    from ({placed})
    group by folder, name
)
join (select folder, project, run from store.runs) using (folder)
