select
    count(*) as annotations,
    min(score) filter (isfinite(score)) as score_low,
    max(score) filter (isfinite(score)) as score_high,
    min(step) as steps_low,
    max(step) as steps_high,
    min((x1 - x0) * (y1 - y0)) as area_low,
    max((x1 - x0) * (y1 - y0)) as area_high,
    min((x1 - x0) / nullif(y1 - y0, 0)) as aspect_low,
    max((x1 - x0) / nullif(y1 - y0, 0)) as aspect_high
from annotations
where {view}
