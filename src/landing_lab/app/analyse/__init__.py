"""`landing-lab analyse`, `report`, `export`: files and folders of them."""
