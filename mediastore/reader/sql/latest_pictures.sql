select
    project || '/' || run as ref,
    max_by(path, {'step': step, 'key': key, 'before': -"index"}) as path
from store.items
where kind in ('image', 'video') and path <> '' and problem is null
group by all
order by ref
