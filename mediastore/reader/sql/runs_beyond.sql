select 1 from runs where not list_contains($view::varchar[], project || '/' || run) limit 1
