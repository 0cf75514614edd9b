select project, run, key, step, index, path, any_value(sample) as sample,
    string_agg(text, ' ' order by coalesce(start_s, 0), position) filter (layer = $truth) as truth,
    string_agg(text, ' ' order by coalesce(start_s, 0), position) filter (layer = $predictions) as predicted
from store.annotations
where {conditions} and layer in ($truth, $predictions) and coalesce(text, '') != ''
group by project, run, key, step, index, path
order by project, run, key, step, index
