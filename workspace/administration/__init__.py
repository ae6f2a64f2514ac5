"""The administrator's desk: health, roles, the record, and looking in an emergency."""
