"""The ASGI application: `streamlit run app.py` serves the store named by MEDIASTORE_DIR, else ./mediastore-runs."""

from pathlib import Path

import streamlit as st

from mediastore import view

app = st.App(Path(view.__file__).parent / "main.py")
