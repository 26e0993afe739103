"""Rules on headline numbers, and the messages that tell people of them."""
