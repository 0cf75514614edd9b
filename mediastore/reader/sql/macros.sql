create macro json_at(document, name) as coalesce(
    json_extract(document, '$."' || nullif(replace(replace(name, '\', '\\'), '"', '\"'), '') || '"'),
    json_extract(
        document,
        case when regexp_matches(name, '^[^.]+(\.[^.]+)+$')
            then '$."' || replace(replace(replace(name, '\', '\\'), '"', '\"'), '.', '"."') || '"' end
    )
);
create macro num(document, name) as try_cast(json_at(document, name) ->> '$' as double);
create macro str(document, name) as json_at(document, name) ->> '$';
