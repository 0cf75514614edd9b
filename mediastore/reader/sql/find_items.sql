select project, run, key, step, index, kind, width, height, caption, problem
from items
where list_contains($run, run) and step between $first and $last and list_contains($step, step)
    and list_contains($key, key) and list_contains($index, index)
