select coalesce(bool_and(json_valid(line)), true) from lines
