"""The screens: the only package that imports streamlit and folium."""
