"""What every domain needs and none of them owns. A closed list: a new file here is a decision."""
