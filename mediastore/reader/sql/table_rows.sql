from read_json($path, format = 'newline_delimited', sample_size = -1, maximum_object_size = 67108864, map_inference_threshold = -1)
