select {columns}, {place}
from store.items
{ranks}
where {conditions}
order by {order}
limit $limit offset $offset
