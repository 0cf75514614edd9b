select {columns}
from store.items
{scores}
where {conditions}
order by {order}
limit $limit offset $offset
