"""The ASGI application: `streamlit run app.py` serves the store named by MEDIASTORE_DIR, else ./mediastore-runs."""

from functools import cache, partial
from pathlib import Path

import streamlit as st

from mediastore import downloads, serve, shown, tidying, view, warming, zips
from mediastore.crops import Crops
from mediastore.reader.store import Store
from mediastore.thumbnails import Thumbnails
from mediastore.view import access, home, promptness

base = shown.address.below(st.get_option("server.baseUrlPath"))
stores = shown.stores()
access.protect_stores()
access.when_opened = warming.begin
opened = cache(partial(Store, fenced=True))
"""Beside the store of the pages, so that what is exported takes none of their memory."""
app = st.App(
    Path(view.__file__).parent / "main.py",
    routes=[
        *home.routes(base),
        *serve.routes([store.root for store in stores], Thumbnails().of, Crops().of, base=base),
        *(
            route
            for store in stores
            for route in downloads.routes(partial(opened, store.root), base=base, part=store.part)
        ),
        *(route for store in stores for route in zips.routes(partial(opened, store.root), base=base, part=store.part)),
    ],
    middleware=[*serve.middleware(st.get_option("server.allowedHosts")), *access.limits(base), *access.guards(base)],
)
promptness.begin()
tidying.begin()
