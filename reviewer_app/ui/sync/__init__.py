"""What has arrived, what is missing and why, what waits to be delivered."""
