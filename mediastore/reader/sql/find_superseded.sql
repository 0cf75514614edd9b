with everything as (
    select id, folder, project, run, key, step, index, time, journal, "offset"
    from {items}
    where step in (select step from {fresh})
), repeated as (
    select folder, project, run, key, step, index
    from everything
    group by all
    having count(*) > 1
)
select folder, id
from everything
semi join repeated using (folder, project, run, key, step, index)
qualify row_number() over (
    partition by folder, project, run, key, step, index order by time desc nulls last, journal desc, "offset" desc
) > 1
