"""All routes of the domain, in the order in which they are tried."""
from server.conversations import router, router_shared, router_tree

ROUTERS = (router.router, router_tree.router, router_shared.router)
IMPORT_PATH = "/v1/conversations/import"
