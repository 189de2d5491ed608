"""*Beheer*: people of organisations, inviting and leaving, and the yearly question whether access is still right."""
