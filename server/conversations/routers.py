"""All routes of the domain, in the order in which they are tried."""
from server.conversations import router, router_all, router_shared, router_tree

ROUTERS = (router_all.router, router.router, router_tree.router, router_shared.router)
IMPORT_PATH = "/v1/conversations/import"
