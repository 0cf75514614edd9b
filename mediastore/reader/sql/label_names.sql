select label
from store.annotations
where {conditions} and label is not null
group by label
order by min(time), label
