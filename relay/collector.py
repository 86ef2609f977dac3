"""How seldom Python looks for what reference counting does not free."""
import gc

# Objects that are not freed yet, and then how many of such looks make one at the older ones. Python's own 700 come
# together with each batch of a few hundred tokens, whose objects are no garbage: a third of a gateway's time.
SELDOM = (50_000, 20, 50)


def collect_seldom() -> None:
    """Call it when all is loaded: that stays, and is not looked at any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)
