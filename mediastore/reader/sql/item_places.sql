select step, index
from store.items
where {conditions}
order by step, index
