select project, run, key, step, index, coalesce(frame, -1)::bigint as frame, position, coalesce(label, '') as label,
    track, x0, y0, x1, y1
from store.annotations
where {conditions} and track is not null
order by project, run, key, step, index, frame, position
