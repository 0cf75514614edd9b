select path as file_name, width, height, project, run, key, step, index, sample, caption
from items
where kind = 'image' and width is not null and path <> '' and (project, run, key, step, index) in (
    select (project, run, key, step, index) from annotations where {conditions}
)
order by project, run, key, step, index
