"""Writes the tiny model as a GGUF file (version 3, all F32)."""

import struct

import numpy

import vocabulary

ALIGNMENT = 32
U32, I32, F32, BOOL, STRING, ARRAY, U64 = 4, 5, 6, 7, 8, 9, 10
TENSOR_F32 = 0
NORMAL, CONTROL = 1, 3


def write(path, model, training):
    """model: a TinyModel; training: {key: str | int} of how it was made, kept as gdn_tiny.training.*"""
    tensors = [(name, _as_stored(name, parameter)) for name, parameter in model.named_parameters()]
    metadata = [*_general(), *_architecture(model.config), *_tokenizer()]
    metadata += [(f"gdn_tiny.training.{key}", STRING if isinstance(value, str) else U64, value)
                 for key, value in training.items()]
    with open(path, "wb") as file:
        file.write(b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata)))
        for key, kind, value in metadata:
            file.write(_string(key) + struct.pack("<I", kind) + _value(kind, value))
        offset = 0
        for name, data in tensors:
            shape = data.shape[::-1]
            file.write(_string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, TENSOR_F32, offset))
            offset += _aligned(data.nbytes)
        file.write(bytes(-file.tell() % ALIGNMENT))
        for _, data in tensors:
            file.write(data.tobytes() + bytes(_aligned(data.nbytes) - data.nbytes))


def _as_stored(name, parameter):
    data = parameter.detach().cpu().double().numpy()
    if name.endswith("ssm_a"):
        data = -numpy.exp(data)
    return data.astype("<f4")


def _general():
    return [
        ("general.architecture", STRING, "qwen35"),
        ("general.type", STRING, "model"),
        ("general.name", STRING, "gdn-tiny"),
        ("general.description", STRING,
         "Tiny Gated DeltaNet hybrid with an MTP head, trained on synthetic recall, arithmetic, prose and code"),
        ("general.license", STRING, "mit"),
        ("general.file_type", U32, 0),
        ("general.alignment", U32, ALIGNMENT),
    ]


def _architecture(c):
    values = [
        ("block_count", U32, c.layers + 1),
        ("nextn_predict_layers", U32, 1),
        ("context_length", U32, c.context),
        ("embedding_length", U32, c.embedding),
        ("feed_forward_length", U32, c.feed_forward),
        ("vocab_size", U32, c.vocabulary),
        ("full_attention_interval", U32, c.full_attention_interval),
        ("attention.head_count", U32, c.heads),
        ("attention.head_count_kv", U32, c.kv_heads),
        ("attention.key_length", U32, c.head_dim),
        ("attention.value_length", U32, c.head_dim),
        ("attention.layer_norm_rms_epsilon", F32, 1e-6),
        ("rope.dimension_count", U32, c.rope_dims),
        ("rope.dimension_sections", ARRAY, (I32, [11, 11, 10, 0])),
        ("rope.freq_base", F32, c.rope_base),
        ("ssm.conv_kernel", U32, c.conv_kernel),
        ("ssm.state_size", U32, c.head_dim),
        ("ssm.group_count", U32, c.key_heads),
        ("ssm.time_step_rank", U32, c.value_heads),
        ("ssm.inner_size", U32, c.value_heads * c.head_dim),
    ]
    return [(f"qwen35.{key}", kind, value) for key, kind, value in values]


def _tokenizer():
    words = vocabulary.Vocabulary()
    pieces = [piece.translate(vocabulary.PRINTABLE) for piece in words.pieces]
    merges = [f"{left.translate(vocabulary.PRINTABLE)} {right.translate(vocabulary.PRINTABLE)}"
              for left, right in words.merges]
    return [
        ("tokenizer.ggml.model", STRING, "gpt2"),
        ("tokenizer.ggml.pre", STRING, "qwen2"),
        ("tokenizer.ggml.tokens", ARRAY, (STRING, pieces)),
        ("tokenizer.ggml.token_type", ARRAY, (I32, [CONTROL] + [NORMAL] * (len(pieces) - 1))),
        ("tokenizer.ggml.merges", ARRAY, (STRING, merges)),
        ("tokenizer.ggml.bos_token_id", U32, 0),
        ("tokenizer.ggml.eos_token_id", U32, 0),
        ("tokenizer.ggml.padding_token_id", U32, 0),
        ("tokenizer.ggml.add_bos_token", BOOL, False),
    ]


def _value(kind, value):
    if kind == STRING:
        return _string(value)
    if kind == ARRAY:
        of, items = value
        return struct.pack("<IQ", of, len(items)) + b"".join(_value(of, item) for item in items)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?", U64: "<Q"}[kind], value)


def _string(text):
    data = text.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def _aligned(size):
    return size + -size % ALIGNMENT
