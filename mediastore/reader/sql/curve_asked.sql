(
    select
        unnest($folders::varchar[]) as folder, unnest($metrics::varchar[]) as name, unnest($lines::bigint[]) as line,
        unnest($grains::bigint[]) as asked_grain, unnest($lows::bigint[]) as low, unnest($highs::bigint[]) as high
)
