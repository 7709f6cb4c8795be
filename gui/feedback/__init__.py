"""What the window says to the user: banners, notices, verdict marks and the one error dialog."""
