"""The people of a case: who they are, what is corrected, who joins them, and whom a youth of 16 lets read along."""
