select
    project, run, name, status, created, updated, config, summary, tags, notes, run_group, job_type,
    project || '/' || run as ref
from store.runs
where {conditions}
order by created, project, run
