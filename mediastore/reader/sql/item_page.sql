with chosen as materialized (
    select id, {place}
    from {rows}
    where {conditions}
    order by {order}
    limit $limit offset $offset
)
select {columns}, chosen.* exclude (id)
from store.items
join chosen using (id)
order by {order_again}
