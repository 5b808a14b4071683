"""Who to visit, when, by whom and in which order. No screen, no file paths of its own, no clock of its own."""
