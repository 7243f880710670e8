"""The tiny hybrid model: architecture qwen35 as llama.cpp runs it, in PyTorch, for training.

Parameters carry the names that their tensors have in the GGUF file. Shapes: B batch, T tokens, E embedding, H heads,
D = K = V = 64 head dimension. Norm weights are the multipliers themselves (no "+ 1"), as the file stores them.
"""

import dataclasses
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

EPSILON = 1e-6
CHUNK = 64


@dataclasses.dataclass(frozen=True)
class Config:
    vocabulary: int = 256
    embedding: int = 128
    layers: int = 8
    full_attention_interval: int = 4
    feed_forward: int = 256
    head_dim: int = 64
    heads: int = 4
    kv_heads: int = 2
    key_heads: int = 2
    value_heads: int = 4
    conv_kernel: int = 4
    rope_dims: int = 32
    rope_base: float = 10000.0
    context: int = 1024

    def is_recurrent(self, layer):
        return layer < self.layers and (layer + 1) % self.full_attention_interval != 0


class RmsNorm(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        x = x if x.dtype == torch.float64 else x.float()
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPSILON) * self.weight


class Bias(nn.Module):
    def __init__(self, values):
        super().__init__()
        self.bias = nn.Parameter(values)


class UnitLowerInverse(torch.autograd.Function):
    """(I + A)^-1 for strictly lower triangular A, with the gradient in two products."""

    @staticmethod
    def forward(ctx, a):
        eye = torch.eye(a.shape[-1], dtype=a.dtype, device=a.device)
        inverse = torch.linalg.solve_triangular(a + eye, eye.expand_as(a), upper=False, unitriangular=True)
        ctx.save_for_backward(inverse)
        return inverse

    @staticmethod
    def backward(ctx, gradient):
        transposed = ctx.saved_tensors[0].transpose(-1, -2)
        return -(transposed @ gradient @ transposed)


def gated_delta_rule(q, k, v, g, beta):
    """Outputs [B, H, T, V] of the recurrence from a zero state, chunk by chunk (Yang, Kautz, Hatamizadeh 2024).

    q, k [B, H, T, K] normalised, q scaled; v [B, H, T, V]; g [B, H, T] natural log, <= 0; beta [B, H, T] in [0, 1].
    Per token S <- exp(g) S;  S <- S + k (beta (v - S^T k))^T;  o = S^T q. Within a chunk the corrections
    u = beta (v - S^T k) solve the unit lower triangular system (I + A) u = beta (v - exp(G) S0^T k), G = cumsum(g).
    """
    batch, heads, tokens, _ = q.shape
    padding = -tokens % CHUNK
    chunks = (tokens + padding) // CHUNK
    q, k, v = (F.pad(x, (0, 0, 0, padding)).reshape(batch, heads, chunks, CHUNK, -1) for x in (q, k, v))
    g, beta = (F.pad(x, (0, padding)).reshape(batch, heads, chunks, CHUNK) for x in (g, beta))
    g, beta = g.cumsum(-1), beta[..., None]
    later = torch.ones(CHUNK, CHUNK, dtype=torch.bool, device=q.device).triu(1)
    decay = (g[..., :, None] - g[..., None, :]).masked_fill(later, -math.inf).exp()
    inverse = UnitLowerInverse.apply((beta * (k @ k.transpose(-1, -2)) * decay).tril(-1))
    from_values = inverse @ (beta * v)
    from_state = inverse @ (beta * g.exp()[..., None] * k)
    within = (q @ k.transpose(-1, -2)) * decay
    q_in = q * g.exp()[..., None]
    k_out = (k * (g[..., -1:] - g).exp()[..., None]).transpose(-1, -2)
    kept = g[..., -1].exp()[..., None, None]
    state = torch.zeros(batch, heads, q.shape[-1], v.shape[-1], dtype=q.dtype, device=q.device)
    outputs = []
    for c in range(chunks):
        u = from_values[:, :, c] - from_state[:, :, c] @ state
        outputs.append(q_in[:, :, c] @ state + within[:, :, c] @ u)
        state = kept[:, :, c] * state + k_out[:, :, c] @ u
    return torch.cat(outputs, dim=2)[:, :, :tokens]


class FeedForward(nn.Module):
    """The part that both kinds of block share: pre-norms, residuals and the SwiGLU feed-forward."""

    def __init__(self, c):
        super().__init__()
        self.attn_norm = RmsNorm(c.embedding)
        self.post_attention_norm = RmsNorm(c.embedding)
        self.ffn_gate = nn.Linear(c.embedding, c.feed_forward, bias=False)
        self.ffn_up = nn.Linear(c.embedding, c.feed_forward, bias=False)
        self.ffn_down = nn.Linear(c.feed_forward, c.embedding, bias=False)

    def forward(self, x):
        x = x + self.mix(self.attn_norm(x))
        h = self.post_attention_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))


class RecurrentBlock(FeedForward):
    def __init__(self, c):
        super().__init__(c)
        self.key_heads, self.value_heads, self.head_dim = c.key_heads, c.value_heads, c.head_dim
        key, value = c.key_heads * c.head_dim, c.value_heads * c.head_dim
        self.attn_qkv = nn.Linear(c.embedding, 2 * key + value, bias=False)
        self.attn_gate = nn.Linear(c.embedding, value, bias=False)
        self.ssm_conv1d = nn.Module()
        self.ssm_conv1d.weight = nn.Parameter(torch.randn(2 * key + value, c.conv_kernel) / math.sqrt(c.conv_kernel))
        self.ssm_alpha = nn.Linear(c.embedding, c.value_heads, bias=False)
        self.ssm_beta = nn.Linear(c.embedding, c.value_heads, bias=False)
        # Time steps log-uniform in [0.001, 0.1]; softplus(bias) is the step. The file holds ssm_a = -exp(this).
        step = torch.exp(torch.empty(c.value_heads).uniform_(math.log(1e-3), math.log(1e-1)))
        self.ssm_dt = Bias(torch.log(torch.expm1(step)))
        self.ssm_a = nn.Parameter(torch.empty(c.value_heads).uniform_(1, 16).log())
        self.ssm_norm = RmsNorm(c.head_dim)
        self.ssm_out = nn.Linear(value, c.embedding, bias=False)

    def mix(self, h):
        batch, tokens, _ = h.shape
        width = self.ssm_conv1d.weight.shape[1]
        inputs = F.pad(self.attn_qkv(h), (0, 0, width - 1, 0))
        qkv = sum(inputs[:, i:i + tokens] * self.ssm_conv1d.weight[:, i] for i in range(width))
        exact = torch.float64 if h.dtype == torch.float64 else torch.float32
        qkv = F.silu(qkv).to(exact)
        key, value = self.key_heads * self.head_dim, self.value_heads * self.head_dim
        q, k, v = (x.reshape(batch, tokens, -1, self.head_dim).transpose(1, 2)
                   for x in qkv.split([key, key, value], dim=-1))
        # Value head h reads key head h mod Hk.
        copies = self.value_heads // self.key_heads
        q = F.normalize(q, dim=-1, eps=EPSILON).repeat(1, copies, 1, 1) / math.sqrt(self.head_dim)
        k = F.normalize(k, dim=-1, eps=EPSILON).repeat(1, copies, 1, 1)
        beta = self.ssm_beta(h).to(exact).sigmoid().transpose(1, 2)
        g = -(self.ssm_a.exp() * F.softplus(self.ssm_alpha(h).to(exact) + self.ssm_dt.bias)).transpose(1, 2)
        with torch.autocast(h.device.type, enabled=False):
            o = gated_delta_rule(q, k, v, g, beta)
        z = self.attn_gate(h).reshape(batch, tokens, self.value_heads, self.head_dim)
        o = self.ssm_norm(o.transpose(1, 2)) * F.silu(z)
        return self.ssm_out(o.reshape(batch, tokens, value))


class AttentionBlock(FeedForward):
    def __init__(self, c):
        super().__init__(c)
        self.heads, self.kv_heads, self.head_dim = c.heads, c.kv_heads, c.head_dim
        self.rope_dims, self.rope_base = c.rope_dims, c.rope_base
        self.attn_q = nn.Linear(c.embedding, 2 * c.heads * c.head_dim, bias=False)
        self.attn_k = nn.Linear(c.embedding, c.kv_heads * c.head_dim, bias=False)
        self.attn_v = nn.Linear(c.embedding, c.kv_heads * c.head_dim, bias=False)
        self.attn_q_norm = RmsNorm(c.head_dim)
        self.attn_k_norm = RmsNorm(c.head_dim)
        self.attn_output = nn.Linear(c.heads * c.head_dim, c.embedding, bias=False)

    def mix(self, h):
        batch, tokens, _ = h.shape
        q, gate = self.attn_q(h).reshape(batch, tokens, self.heads, 2 * self.head_dim).chunk(2, dim=-1)
        k = self.attn_k(h).reshape(batch, tokens, self.kv_heads, self.head_dim)
        v = self.attn_v(h).reshape(batch, tokens, self.kv_heads, self.head_dim)
        q = self._rotate(self.attn_q_norm(q).transpose(1, 2)).to(v.dtype)
        k = self._rotate(self.attn_k_norm(k).transpose(1, 2)).to(v.dtype)
        group = self.heads // self.kv_heads
        k, v = k.repeat_interleave(group, dim=1), v.transpose(1, 2).repeat_interleave(group, dim=1)
        o = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2)
        return self.attn_output((o * gate.sigmoid()).reshape(batch, tokens, -1))

    def _rotate(self, x):
        """Rotary embedding of the first dimensions, pairs (i, i + n/2). For text IMROPE is the same."""
        half = self.rope_dims // 2
        pair = torch.arange(half, dtype=torch.float64, device=x.device)
        position = torch.arange(x.shape[2], dtype=torch.float64, device=x.device)
        angle = position[:, None] * self.rope_base ** (-pair / half)
        cos, sin = angle.cos().to(x.dtype), angle.sin().to(x.dtype)
        a, b, rest = x[..., :half], x[..., half:2 * half], x[..., 2 * half:]
        return torch.cat([a * cos - b * sin, a * sin + b * cos, rest], dim=-1)


class MtpBlock(AttentionBlock):
    """Predicts the token after the next from the trunk's hidden state and the next token."""

    def __init__(self, c):
        super().__init__(c)
        self.nextn = nn.Module()
        self.nextn.eh_proj = nn.Linear(2 * c.embedding, c.embedding, bias=False)
        self.nextn.enorm = RmsNorm(c.embedding)
        self.nextn.hnorm = RmsNorm(c.embedding)
        self.nextn.shared_head_norm = RmsNorm(c.embedding)

    def forward(self, embedded, hidden):
        x = self.nextn.eh_proj(torch.cat([self.nextn.enorm(embedded), self.nextn.hnorm(hidden)], dim=-1))
        return self.nextn.shared_head_norm(super().forward(x))


class TinyModel(nn.Module):
    def __init__(self, config=Config()):
        super().__init__()
        self.config = config
        self.token_embd = nn.Embedding(config.vocabulary, config.embedding)
        blocks = [RecurrentBlock(config) if config.is_recurrent(i) else AttentionBlock(config)
                  for i in range(config.layers)]
        self.blk = nn.ModuleList([*blocks, MtpBlock(config)])
        self.output_norm = RmsNorm(config.embedding)
        self.output = nn.Linear(config.embedding, config.vocabulary, bias=False)
        self._initialise()

    def forward(self, tokens):
        """Logits [B, T, vocabulary] of tokens [B, T], and the hidden states after the last norm, which MTP reads."""
        x = self.token_embd(tokens)
        for block in self.blk[:-1]:
            x = block(x)
        hidden = self.output_norm(x)
        return self._logits(hidden), hidden

    def draft(self, hidden, following):
        """MTP logits: from the hidden states of T tokens and the token that follows each, what comes after it."""
        return self._logits(self.blk[-1](self.token_embd(following), hidden))

    def _logits(self, hidden):
        with torch.autocast(hidden.device.type, enabled=False):
            return self.output(hidden)

    def _initialise(self):
        for name, parameter in self.named_parameters():
            if name == "token_embd.weight":
                nn.init.normal_(parameter, std=0.5)
            elif parameter.dim() == 2 and "conv1d" not in name:
                into_residual = name.endswith(("ssm_out.weight", "attn_output.weight", "ffn_down.weight"))
                depth = 2 * self.config.layers if into_residual else 1
                nn.init.normal_(parameter, std=1 / math.sqrt(parameter.shape[1] * depth))
