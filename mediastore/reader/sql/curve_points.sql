with lines as materialized (
    select
        unnest($folders::varchar[]) as folder, unnest($names::varchar[]) as name, unnest($lines::integer[]) as line,
        unnest($x_lows::double[]) as x_low, unnest($x_highs::double[]) as x_high, unnest($counts::bigint[]) as in_range
), placed as (
    select
        line, step, x, value, in_range,
        case
            when x < $low then -1
            when x > $high then $buckets
            when x_high > x_low then least($buckets - 1, floor((x - x_low) / (x_high - x_low) * $buckets))
            else 0
        end::integer as bucket
    from ({placed})
    join lines using (folder, name)
    where {drawable}
), bucketed as (
    select
        line, bucket,
        arg_min({{'x': x, 'step': step, 'value': value}}, x) as first,
        arg_max({{'x': x, 'step': step, 'value': value}}, x) as last,
        arg_min({{'x': x, 'step': step, 'value': value}}, value) as lowest,
        arg_max({{'x': x, 'step': step, 'value': value}}, value) as highest
    from placed
    where in_range > $points or bucket not between 0 and $buckets - 1
    group by line, bucket
), kept as (
    select line, bucket, unnest(
        case bucket when -1 then [last] when $buckets then [first] else [first, last, lowest, highest] end,
        recursive := true
    )
    from bucketed
    union all by name
    select line, bucket, x, step, value
    from placed
    where in_range <= $points and bucket between 0 and $buckets - 1
)
select distinct line, x, step, value, bucket between 0 and $buckets - 1 as is_inside
from kept
order by line, x, step
