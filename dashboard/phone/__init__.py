"""The collectors' phone page: a plain page of a few kilobytes beside the Streamlit ones, for a slow line or none."""
