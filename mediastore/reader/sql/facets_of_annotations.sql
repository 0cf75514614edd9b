select label, layer, bin, count(*) as counted, min(score) as low, max(score) as high
from (
    select
        label, layer, score,
        if(score is null, null, greatest(0, least($bins - 1, floor((score - $low) * $bins_a_unit))))::smallint as bin
    from (select label, layer, {score} as score from store.annotations where {conditions})
)
group by label, layer, bin
