"""Mail: what is to be said (compose), its row (queue), and its way out (send). Providers do the talking."""
