nullif(json_merge_patch(raw, '{
        "layer": null, "type": null, "label": null, "score": null, "box": null, "span": null, "frame": null,
        "track": null, "text": null, "attrs": null}'), '{}')