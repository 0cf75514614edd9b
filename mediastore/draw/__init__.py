"""Figures and colours as plain values; nothing here knows Streamlit."""
