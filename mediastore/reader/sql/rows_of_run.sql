from {table} where folder = $folder
