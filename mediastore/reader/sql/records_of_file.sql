select "offset" from parsed anti join unreadable using ("offset") where record.key = $key and record.file = $file;
