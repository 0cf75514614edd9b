create or replace temp table read_items as
select
    parsed.id,
    parsed.folder,
    journal,
    "offset",
    length,
    record.writer,
    record.project,
    record.run,
    record.key,
    try_cast(record.step as bigint) as step,
    try_cast(coalesce(record.index, '0') as bigint) as index,
    record.kind,
    case when record.file is null then '' when odd.key is not null then odd.path else plain.path || record.file end
        as path,
    record.caption,
    record.sample,
    record.width,
    record.height,
    record.sample_rate,
    record.channels,
    record.duration_s,
    record.fps,
    record.frames,
    record.codec,
    record.columns,
    record.rows,
    record.bytes,
    record.sha256,
    record.values,
    record.problem,
    record.time
from parsed
anti join problems_read using (id)
left join places plain on plain.folder = parsed.folder and plain.key = record.key and plain.file is null
left join places odd on odd.folder = parsed.folder and odd.key = record.key and odd.file = record.file;
