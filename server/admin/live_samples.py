"""An installation of two gateways, as the documents show it."""
from typing import Any

ANN = {"id": "user_0a1b2c3d4e5f", "kind": "account", "email": "ann@example.org", "display_name": "Ann"}
GUEST = {"id": "guest_5f4e3d2c1b0a", "kind": "guest", "email": None, "display_name": None}

LIVE: dict[str, Any] = {
    "object": "live",
    "at": 1790000000.25,
    "gateway_id": "gateway-1",
    "totals": {
        "sockets": 3, "streams": 1, "users": 2, "delivered_tokens_per_s": 61.2, "running": 2, "waiting": 1,
        "capacity": 64, "tokens_per_s": 61.4},
    "gateways": [
        {"id": "gateway-1", "state": "ready", "started_at": 1789990000.5, "sockets": 2, "streams": 0, "users": 2,
         "delivered_tokens_per_s": 40.8},
        {"id": "gateway-2", "state": "draining", "started_at": 1789990001.0, "sockets": 1, "streams": 1, "users": 1,
         "delivered_tokens_per_s": 20.4}],
    "workers": [
        {"id": "worker-1", "model": "smollm2-135m-instruct", "state": "ready", "message": "", "progress": None,
         "started_at": 1789990002.0, "running": 2, "waiting": 0, "capacity": 64, "tokens_per_s": 61.4,
         "kv_usage": 0.031, "context_tokens": 2048, "attempts": 812, "taken_over": 3},
        {"id": "worker-2", "model": "smollm2-135m-instruct", "state": "loading", "message": "loading weights",
         "progress": 0.4, "started_at": 1789999990.0, "running": 0, "waiting": 0, "capacity": None,
         "tokens_per_s": 0.0, "kv_usage": None, "context_tokens": None, "attempts": 0, "taken_over": 0}],
    "queues": [{"model": "smollm2-135m-instruct", "waiting": 1, "handed_over": 0, "oldest_wait_s": 2.314}],
    "redis": {"up": True, "message": "", "version": "7.0.15", "memory_bytes": 4194304, "connections": 14},
    "database": {"up": True, "kind": "postgresql", "unsaved": 0},
}
CONNECTED: dict[str, Any] = {
    "object": "list",
    "data": [
        {"id": GUEST["id"], "object": "connected", "user": GUEST, "since": 1789999000.5, "sockets": 1, "streams": 0,
         "gateway_ids": ["gateway-1"]},
        {"id": ANN["id"], "object": "connected", "user": ANN, "since": 1789998000.5, "sockets": 2, "streams": 1,
         "gateway_ids": ["gateway-1", "gateway-2"]}],
    "first_id": GUEST["id"],
    "last_id": ANN["id"],
    "has_more": False,
}
HISTORY: dict[str, Any] = {
    "object": "history",
    "step_s": 10,
    "at": [1789999980, 1789999990, 1790000000],
    "tokens_per_s": [None, 58.9, 61.4],
    "delivered_tokens_per_s": [None, 58.8, 61.2],
    "running": [None, 2.0, 2.0],
    "waiting": [None, 0.5, 1.0],
    "sockets": [None, 3.0, 3.0],
    "time_to_first_token_s": {"p50": [None, 0.08, None], "p95": [None, 0.23, None], "count": [None, 4, 0]},
    "time_per_output_token_s": {"p50": [None, 0.031, None], "p95": [None, 0.044, None], "count": [None, 3, 0]},
    "responses": {"completed": [None, 2, 0], "failed": [None, 1, 0]},
    "failures": {"worker_lost": [None, 1, 0]},
    "errors": {"invalid_value": [None, 0, 2]},
}
ERRORS: dict[str, Any] = {
    "object": "list",
    "data": [
        {"id": "err_1789999998123_0_refusal", "object": "error", "kind": "refusal", "at": 1789999995.5,
         "code": "invalid_value", "status": 400, "door": "http",
         "message": "A field's value is none that it may have.", "param": "temperature", "user": ANN,
         "response_id": None},
        {"id": "err_1789999988100_0_failure", "object": "error", "kind": "failure", "at": 1789999986.25,
         "code": "worker_lost", "status": 503, "door": "response",
         "message": "Given up: 3 workers in turn were lost over this response.", "param": None, "user": GUEST,
         "response_id": "resp_05d41402abc4b2a76b9719d911017c592"}],
    "first_id": "err_1789999998123_0_refusal",
    "last_id": "err_1789999988100_0_failure",
    "has_more": False,
}
MEMBERS: dict[str, Any] = {
    "object": "list",
    "data": [
        {"id": ANN["id"], "object": "user", "email": "ann@example.org", "display_name": "Ann", "role": "administrator",
         "is_active": True, "is_verified": True, "is_guest": False, "created_at": 1780000000,
         "last_seen_at": 1790000000, "is_connected": True, "sockets": 2, "streams": 1, "conversations": 31,
         "sessions": 2, "keys": 1}],
    "first_id": ANN["id"],
    "last_id": ANN["id"],
    "has_more": False,
    "total": 1,
}
