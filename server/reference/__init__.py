"""What describes the doors to programs and people: OpenAPI, AsyncAPI, and the page that shows them."""
