select folder, journal, "offset", problem from problems_read
