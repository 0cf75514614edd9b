select label, layer, count(*) as annotations, count(distinct id) as items, min(score) as score_min, max(score) as score_max
from store.annotations
where {conditions} and label is not null
group by label, layer
order by min(min(time)) over (partition by label), label, min(time), layer
