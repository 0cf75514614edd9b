"""What the theme's settings cannot say: the wordmark and a few rules of spacing."""

from pathlib import Path

import streamlit as st

ASSETS = Path(__file__).parent / "assets"
ICON = ASSETS / "icon.svg"


def apply() -> None:
    """Put the wordmark in the sidebar and our rules on the page."""
    dark = st.context.theme.type == "dark"
    st.logo(ASSETS / ("wordmark-dark.svg" if dark else "wordmark-light.svg"), icon_image=ICON, size="medium")
    st.html(ASSETS / "page.css")
    if dark:
        st.html(ASSETS / "page_dark.css")
