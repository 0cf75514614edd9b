select line, step, coalesce(time, 'nan'::double) as time, value
from {source}
join {asked} using (folder, name)
where value is not null and name in ({names}) and {chosen} and ({steps}) and step between low and high and {conditions}
