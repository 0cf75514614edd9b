select {columns}
from annotations
where {conditions}
order by {order}
limit $limit offset $offset
