"""One file a place in the dashboard; each exports its handlers."""
