"""Trains the tiny model, trunk and MTP head together, and writes the GGUF file with its figures. See README.md.

    python3 train.py --train train.txt --valid valid.txt --test test.txt --out DIR --minutes 8 --seed 1
"""

import argparse
import json
import math
import pathlib
import time

import torch
import torch.nn.functional as F

import data
import evaluate
import gguf
import model

MTP_WEIGHT = 0.3
Z_LOSS = 1e-4
PEAK_RATE, LAST_RATE = 3e-3, 3e-5
WARM_UP_STEPS = 200
WEIGHT_DECAY = 0.05
VALID_EVERY_SECONDS = 60


def losses(network, window):
    """Cross entropy of trunk and MTP head over windows of T + 2 tokens, and the mean squared log partition function."""
    logits, hidden = network(window[:, :-2])
    drafts = network.draft(hidden, window[:, 1:-1])
    trunk = F.cross_entropy(logits.flatten(0, 1), window[:, 1:-1].flatten())
    mtp = F.cross_entropy(drafts.flatten(0, 1), window[:, 2:].flatten())
    return trunk, mtp, logits.logsumexp(-1).square().mean()


def optimizer_of(network):
    matrices = [p for name, p in network.named_parameters() if p.dim() == 2 and "token_embd" not in name]
    others = [p for name, p in network.named_parameters() if p.dim() != 2 or "token_embd" in name]
    groups = [{"params": matrices, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=PEAK_RATE, betas=(0.9, 0.98), fused=matrices[0].is_cuda)


def rate(step, progress):
    """Warm-up by steps, then a cosine over the share of the time that is used up."""
    cosine = 0.5 * (1 + math.cos(math.pi * min(progress, 1.0)))
    return min(1.0, (step + 1) / WARM_UP_STEPS) * (LAST_RATE + (PEAK_RATE - LAST_RATE) * cosine)


@torch.no_grad()
def valid_loss(network, windows):
    parts = [F.cross_entropy(network(part[:, :-1])[0].flatten(0, 1), part[:, 1:].flatten())
             for part in windows.split(64)]
    return torch.stack(parts).mean().item()


def train(options, tokens, valid, device):
    """Returns the trained network, uncompiled, and how it was trained."""
    network, plain = model.TinyModel().to(device), model.TinyModel().to(device)
    if options.compile:
        for block in network.blk:
            block.compile()
    optimizer = optimizer_of(network)
    generator = torch.Generator(device).manual_seed(options.seed)
    length = network.config.context + 2
    held_out = valid.successive_windows(256, network.config.context + 1)
    started, validated, progress, step = None, 0.0, 0.0, 0
    while progress < 1.0 and step < options.steps:
        for group in optimizer.param_groups:
            group["lr"] = rate(step, progress)
        with torch.autocast(device.type, dtype=torch.bfloat16):
            trunk, mtp, partition = losses(network, tokens.random_windows(options.batch, length, generator))
        (trunk + MTP_WEIGHT * mtp + Z_LOSS * partition).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        if step % 20 != 1:
            continue
        figures = trunk.item(), mtp.item()  # waits for the device, so that the clock means something
        if started is None:
            started = time.monotonic()  # compiling is over
        seconds = time.monotonic() - started
        progress = seconds / (60 * options.minutes)
        if step % 200 == 1:
            speed = (step - 1) * options.batch * network.config.context / max(seconds, 1e-9)
            print(f"step {step} {seconds:.0f} s trunk {figures[0]:.4f} mtp {figures[1]:.4f} {speed:.0f} tokens/s")
        if seconds - validated >= VALID_EVERY_SECONDS or progress >= 1.0 or step >= options.steps:
            validated = seconds
            plain.load_state_dict(network.state_dict())
            print(f"step {step} {seconds:.0f} s valid {valid_loss(plain, held_out):.4f}", flush=True)
    return plain, {
        "seed": options.seed,
        "steps": step,
        "tokens": step * options.batch * network.config.context,
        "seconds": round(time.monotonic() - started),
        "device": torch.cuda.get_device_name() if device.type == "cuda" else "CPU",
    }


def main():
    parser = argparse.ArgumentParser()
    for split in "train", "valid", "test":
        parser.add_argument(f"--{split}", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--minutes", type=float, required=True)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-compile", dest="compile", action="store_false")
    options = parser.parse_args()
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(options.seed)
    tokens, valid, test = (data.Tokens(path, device) for path in (options.train, options.valid, options.test))
    print(f"{len(tokens.ids)} tokens to train on, {len(test.ids)} held out", flush=True)

    torch.set_float32_matmul_precision("high")
    network, training = train(options, tokens, valid, device)
    torch.set_float32_matmul_precision("highest")
    gguf.write(options.out / "gdn-tiny.gguf", network, training)
    golden = evaluate.greedy(network.double(), test)
    (options.out / "golden.json").write_text(json.dumps(golden), encoding="ascii")
    figures = {"training": training, **evaluate.figures(network.float(), tokens, test), **evaluate.summary(golden)}
    (options.out / "figures.json").write_text(json.dumps(figures, indent=2), encoding="ascii")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
