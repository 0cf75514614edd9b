select distinct coalesce(label, '') as label
from store.annotations
where {conditions} and layer in ($predictions, $truth)
order by label
