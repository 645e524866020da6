"""A streaming replica that answers readers' questions: `REPLICA_URL`."""
