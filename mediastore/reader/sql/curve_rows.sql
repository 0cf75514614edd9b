select line, step, coalesce(time, 'nan'::double) as time, value, 1::bigint as count
from {source}
join {asked} using (folder, name)
where value is not null and name in ({names}) and {chosen} and step between $least and $most
    and step between low and high and {conditions}
