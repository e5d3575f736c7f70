"""What a shared viewing is: its order, its people, its marks. Has never seen a pixel or a socket."""
