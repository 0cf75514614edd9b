select 1
from ({values})
group by folder, name
having count(*) > {distinct_steps}
limit 1
