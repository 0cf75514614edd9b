select
    (select coalesce(sum(len(json_type(line, '$.annotations[*].*'))), 0) from valid_lines) is distinct from (
        select
            count(said.layer) + count(said.type) + count(said.label) + count(said.score) + count(said.box)
            + count(said.span) + count(said.frame) + count(said.track) + count(said.text) + count(said.attrs)
        from (select unnest(record.annotations) as said from parsed)
    )
