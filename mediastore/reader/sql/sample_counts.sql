select sample, count(*) as items
from store.items
where {conditions} and sample is not null
group by sample
order by sample
