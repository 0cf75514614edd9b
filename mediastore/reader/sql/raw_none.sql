
    from parsed