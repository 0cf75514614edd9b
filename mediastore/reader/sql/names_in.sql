select folder, list(distinct name) from {relation} group by folder
