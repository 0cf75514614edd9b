select {columns}, {place}
from {rows}
where {conditions}
order by {order}
limit $limit offset $offset
