select project, run, key, step, index from items where path = $path order by step desc, project, run, key, index limit 1
