"""Inzage (Jeugdwet 7.3.10): somebody's own file, minus others' privacy, looked over by the referrer first."""
