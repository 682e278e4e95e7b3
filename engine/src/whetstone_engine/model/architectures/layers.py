"""Which layers see a window only, as `config.json` says."""

from __future__ import annotations

from collections.abc import Callable

from whetstone_engine.exceptions import ModelInvalidError
from whetstone_engine.model.architectures.architecture import Raw
from whetstone_engine.model.architectures.ropes import read_rope
from whetstone_engine.model.config import LayerAttention

_TYPES = ("full_attention", "sliding_attention")


def window_size(raw: Raw) -> int | None:
    """The window; None if it holds the whole context."""
    value = raw.get("sliding_window")
    if value is None or int(value) >= int(raw["max_position_embeddings"]):
        return None
    if int(value) < 1:
        raise ModelInvalidError(f"sliding_window {value} is not positive")
    return int(value)


def layer_types(raw: Raw, slides: Callable[[int], bool]) -> tuple[bool, ...]:
    """Whether each layer sees a window only: as `layer_types` says, else by the rule `slides`."""
    count = int(raw["num_hidden_layers"])
    types = raw.get("layer_types")
    if types is None:
        return tuple(slides(index) for index in range(count))
    if len(types) != count:
        raise ModelInvalidError(f"layer_types has {len(types)} entries for {count} layers")
    for one in types:
        if one not in _TYPES:
            raise ModelInvalidError(f"layer type {one} is not supported ({', '.join(_TYPES)})")
    return tuple(one == "sliding_attention" for one in types)


def uniform_layers(raw: Raw) -> tuple[LayerAttention, ...]:
    """Every layer attends over everything, with one rotation."""
    return (LayerAttention(read_rope(raw), None),) * int(raw["num_hidden_layers"])


def windowed_layers(raw: Raw) -> tuple[LayerAttention, ...]:
    """Every layer sees the window, if there is one."""
    return (LayerAttention(read_rope(raw), window_size(raw)),) * int(raw["num_hidden_layers"])


def qwen_layers(raw: Raw) -> tuple[LayerAttention, ...]:
    """The rule of Qwen: with `use_sliding_window`, layers from `max_window_layers` on slide."""
    rope = read_rope(raw)
    window = window_size(raw) if raw.get("use_sliding_window") else None
    sliding = layer_types(raw, lambda index: index >= int(raw["max_window_layers"]))
    return tuple(LayerAttention(rope, window if one else None) for one in sliding)
