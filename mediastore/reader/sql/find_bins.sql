select min(place) as low, max(place) as high, count(*) as n
from (select {place} as place from annotations where {conditions})
group by case when place is not null then {bin} end
order by low {direction} nulls last
