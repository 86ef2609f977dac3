"""vLLM in process. `engine` implements the port; nothing is imported here: vLLM's processes import `logs` early."""
