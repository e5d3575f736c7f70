"""The rim: HTTP and Socket.IO. Speaks, and decides nothing."""
