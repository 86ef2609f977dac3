"""The pictures of the page in the README: `make screenshots` takes them anew, of an installation of its own."""
