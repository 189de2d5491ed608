"""Files that people bring: what they are by content, washed in a process of their own, and scanned. Knows no case."""
