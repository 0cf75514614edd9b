,
        unnest(raw) as raw
    from parsed
    join raw_annotations using (id)