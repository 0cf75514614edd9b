select label, layer, count(*) as counted
from store.annotations
where {conditions}
group by label, layer
