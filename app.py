"""The ASGI application: `streamlit run app.py` serves the store named by MEDIASTORE_DIR, else ./mediastore-runs."""

from pathlib import Path

import streamlit as st

from mediastore import downloads, serve, view
from mediastore.crops import Crops
from mediastore.thumbnails import Thumbnails

app = st.App(
    Path(view.__file__).parent / "main.py",
    routes=[
        *serve.routes(serve.store_root(), Thumbnails().of, Crops().of, base=st.get_option("server.baseUrlPath")),
        *downloads.routes(serve.store_root(), base=st.get_option("server.baseUrlPath")),
    ],
    middleware=serve.middleware(st.get_option("server.allowedHosts")),
)
