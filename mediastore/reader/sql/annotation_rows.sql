select {columns}, {place}
from store.annotations
where {conditions}
order by {order}
limit $limit offset $offset
