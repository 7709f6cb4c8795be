"""The processes that parse foreign bytes, and the application's conversation with them."""
