"""The architectures that the engine runs, one record each; add one here and in its own file."""

from whetstone_engine.model.architectures.gemma3 import GEMMA3
from whetstone_engine.model.architectures.granite import GRANITE
from whetstone_engine.model.architectures.llama import LLAMA
from whetstone_engine.model.architectures.mistral import MISTRAL
from whetstone_engine.model.architectures.phi3 import PHI3
from whetstone_engine.model.architectures.qwen2 import QWEN2
from whetstone_engine.model.architectures.qwen3 import QWEN3
from whetstone_engine.model.architectures.smollm3 import SMOLLM3

ARCHITECTURES = {
    record.name: record for record in (LLAMA, QWEN2, QWEN3, MISTRAL, SMOLLM3, GRANITE, PHI3, GEMMA3)
}
