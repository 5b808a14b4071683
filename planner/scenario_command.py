"""The command ``scenario`` plans a scenario of a week."""
