"""The domain's parts, as routes get them."""
from typing import Annotated

from fastapi import Depends

from server.completions.service import CompletionService
from server.responses.dependencies import Responses


def get_completions(responses: Responses) -> CompletionService:
    return CompletionService(responses)


Completions = Annotated[CompletionService, Depends(get_completions)]
