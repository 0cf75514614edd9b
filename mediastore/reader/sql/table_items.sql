select project, run, key, step, index, path
from store.items
where project || '/' || run = $ref and starts_with(key, $prefix) and step = $step and path <> ''
