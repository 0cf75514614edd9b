insert into store.runs
select read.*
from (select unnest(from_json({records}, {types})) as read);
