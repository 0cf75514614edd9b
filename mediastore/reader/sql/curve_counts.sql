select folder, name, count(*) as logged
from store.metrics
where value is not null and name in ({names}) and {conditions}
group by folder, name
