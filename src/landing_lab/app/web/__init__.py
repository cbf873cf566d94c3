"""The lab page: record, see and decide from a browser beside the plate."""
