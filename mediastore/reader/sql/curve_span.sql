select min(step), max(step), count(distinct (folder, name)) from ({values})
