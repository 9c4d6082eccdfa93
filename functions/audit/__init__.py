"""The audit log as a whole: sealing the lines that every domain writes, and finding what was changed afterwards."""
