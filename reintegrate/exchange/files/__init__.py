"""Files as grids: spreadsheets and lists in text form, whatever their bytes hold."""
