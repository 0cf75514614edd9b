select line, step, coalesce(time, 'nan'::double) as time, value, count
from store.indexed_levels
join {asked} using (folder, name)
where grain between 1 and $grain_most and grain = least(asked_grain, top) and name in ({names}) and {chosen}
    and step between low and high
