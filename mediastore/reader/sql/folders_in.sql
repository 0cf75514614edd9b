select distinct folder from {relation}
