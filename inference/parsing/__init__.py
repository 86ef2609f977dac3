"""What a model writes, taken apart: thoughts, calls of functions, and text. Pure; knows no engine and no relay."""
