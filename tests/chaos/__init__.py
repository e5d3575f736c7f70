"""What is killed, cut or full: nothing half is shown, nothing told is lost."""
