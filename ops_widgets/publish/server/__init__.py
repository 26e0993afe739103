"""The app server: gallery, snapshots, live pages and reports, for people with a browser."""
