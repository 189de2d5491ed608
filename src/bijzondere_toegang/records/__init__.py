"""The record as a whole: destroying it, inspecting it, finding it again."""
