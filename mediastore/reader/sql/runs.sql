select *, project || '/' || run as ref
from runs
where ($project is null or project = $project) and ($status is null or status = $status)
order by created, project, run
