select path, columns, rows
from store.items
where kind = 'table' and project || '/' || run = $ref and key = $key and step = $step and index = $index
limit 1
