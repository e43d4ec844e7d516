"""What a process has loaded when it begins to work stays until its end: the collector of garbage is spared it."""

import gc


def keep_what_is_loaded() -> None:
    """Spare the collector every module, table, route and template of this process.

    It would look through all of them again and again beside the work, for a twentieth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
