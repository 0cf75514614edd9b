"""The Streamlit side: the frame around the pages and the parts that they share."""
