select row_number() over (order by project, run, key, step, index, id) - 1 as item, id, folder,
    project, run, key, step, index, path, sample, width, height
from store.items
where {conditions}
order by item
