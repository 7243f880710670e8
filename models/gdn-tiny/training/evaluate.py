"""The published figures of the tiny model, all on the held-out split: perplexity beside a 3-gram, how sure it is,
recall by distance, greedy completions and how many MTP drafts they accept."""

import re
import statistics

import torch

MENTION = re.compile(r"codeword (\w+)( is|\?) (\w+)\.")
DISTANCES = [(0, 64), (65, 128), (129, 256), (257, 512), (513, 1024)]
WINDOWS = 400
RECALL_DOCUMENTS = 6000
PROMPTS = 64
COMPLETION_TOKENS = 128
LONGEST_PROMPT = 640


def figures(network, train, test):
    return {**_certainty(network, train, test), "recall": _recall(network, test)}


@torch.no_grad()
def _certainty(network, train, test):
    windows = test.successive_windows(WINDOWS, network.config.context + 1)
    log_probabilities = torch.cat([network(part[:, :-1])[0].log_softmax(-1) for part in windows.split(16)])
    of_next = log_probabilities.gather(-1, windows[:, 1:, None])
    best = log_probabilities.topk(2, dim=-1).values
    gap = best[..., 0] - best[..., 1]
    # The 3-gram needs two tokens before it; both are scored on the same tokens.
    of_trigram = _trigram(train.ids)[windows[:, :-2], windows[:, 1:-1], windows[:, 2:]].log()
    return {
        "scored_tokens": of_trigram.numel(),
        "perplexity": of_next[:, 1:].mean().neg().exp().item(),
        "perplexity_3gram": of_trigram.mean().neg().exp().item(),
        "median_gap_nats": gap.median().item(),
        "share_of_gaps_below_0.01": (gap < 0.01).float().mean().item(),
        "share_of_gaps_below_0.1": (gap < 0.1).float().mean().item(),
    }


def _trigram(ids, discount=0.75):
    """P(c | a, b) as [256, 256, 256]: interpolated Kneser-Ney."""
    size, ids = 256, ids.long()
    triples = (ids[:-2] * size + ids[1:-1]) * size + ids[2:]
    counts = torch.bincount(triples, minlength=size ** 3).reshape(size, size, size).float()
    pairs = (counts > 0).sum(0).float()
    singles = (pairs > 0).sum(0).float()
    lower = (singles + 1) / (singles + 1).sum()
    for level in pairs, counts:
        total = level.sum(-1, keepdim=True)
        kept = (level - discount).clamp(min=0) / total.clamp(min=1)
        left_over = torch.where(total > 0, discount * (level > 0).sum(-1, keepdim=True) / total.clamp(min=1), 1.0)
        lower = kept + left_over * lower
    return lower


@torch.no_grad()
def _recall(network, test):
    """Share of codewords of which every token is the likeliest one, by tokens since the codeword was last mentioned."""
    cases = {}
    usable = [i for i, ids in enumerate(test.encoded[:RECALL_DOCUMENTS]) if len(ids) <= network.config.context]
    for start in range(0, len(usable), 64):
        chosen = usable[start:start + 64]
        chosen = [i for i in chosen if "codeword" in test.documents[i]]
        tokens = _padded([test.encoded[i] for i in chosen], network.config.context, test.ids.device)
        right = (network(tokens[:, :-1])[0].argmax(-1) == tokens[:, 1:]).cpu()
        for row, i in enumerate(chosen):
            for keys, distance, first, last in questions(test, i):
                bucket = next(f"{low}-{high}" for low, high in DISTANCES if distance <= high)
                for name in (bucket, f"{bucket} {'one key' if keys == 1 else 'several keys'}"):
                    cases.setdefault(name, []).append(bool(right[row, first - 1:last - 1].all()))
    return {name: {"questions": len(hits), "share": sum(hits) / len(hits)} for name, hits in sorted(cases.items())}


def questions(tokens, i):
    """(keys in the document, tokens since the last mention, first and past-last token of the answer) per question."""
    text, at, place = tokens.documents[i], {}, 0
    for index, token in enumerate(tokens.encoded[i]):
        at[place] = index
        place += len(tokens.pieces[token])
    mentioned = {}
    keys = len(re.findall(r"codeword \w+ is", text))
    for mention in MENTION.finditer(text):
        first, last = at[mention.start(3) - 1], at[mention.end(3)]
        if mention[2] == "?":
            yield keys, first - mentioned[mention[1]], first, last
        mentioned[mention[1]] = last


@torch.no_grad()
def greedy(network, test):
    """Prompts of the held-out split with the likeliest continuation, its log-probabilities and the MTP drafts."""
    prompts = []
    for i, ids in enumerate(test.encoded):
        cut = next((first for _, _, first, _ in questions(test, i)), 200)
        if 32 <= cut <= min(LONGEST_PROMPT, len(ids)):
            prompts.append(ids[:cut])
        if len(prompts) == PROMPTS:
            break
    rows = torch.arange(len(prompts), device=test.ids.device)
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=test.ids.device)
    tokens = _padded(prompts, int(lengths.max()) + COMPLETION_TOKENS, test.ids.device)
    chosen, gaps = [], []
    for step in range(COMPLETION_TOKENS):
        used = int(lengths.max()) + step
        last = network(tokens[:, :used])[0][rows, lengths + step - 1].log_softmax(-1)
        best = last.topk(2, dim=-1)
        tokens[rows, lengths + step] = best.indices[:, 0]
        chosen.append(best.values[:, 0])
        gaps.append(best.values[:, 0] - best.values[:, 1])
    _, hidden = network(tokens)
    # drafts[t] is what the head expects at t + 2 once token t + 1 is known.
    drafts = network.draft(hidden[:, :-1], tokens[:, 1:]).argmax(-1)
    chosen, gaps = torch.stack(chosen, dim=1).tolist(), torch.stack(gaps, dim=1).tolist()
    completions = []
    for row, prompt in enumerate(prompts):
        begin, end = len(prompt), len(prompt) + COMPLETION_TOKENS
        completions.append({
            "prompt": list(prompt),
            "completion": tokens[row, begin:end].tolist(),
            "log_probabilities": [round(x, 6) for x in chosen[row]],
            "gaps": [round(x, 4) for x in gaps[row]],
            "drafts": drafts[row, begin - 1:end - 2].tolist(),
        })
    return completions


def summary(completions):
    """Acceptance of one draft token at a time: draft i is for token i + 1, made when token i is known. An accepted
    draft brings the token after it for free, so the next draft is for the token two further on."""
    accepted = drafted = 0
    for case in completions:
        i = 0
        while i < len(case["drafts"]):
            hit = case["drafts"][i] == case["completion"][i + 1]
            accepted += hit
            drafted += 1
            i += 2 if hit else 1
    gaps = [gap for case in completions for gap in case["gaps"]]
    return {
        "mtp_drafted": drafted,
        "mtp_acceptance": accepted / drafted,
        "greedy_median_gap_nats": statistics.median(gaps),
        "greedy_near_ties_below_0.01": sum(gap < 0.01 for gap in gaps),
        "greedy_near_ties_below_0.1": sum(gap < 0.1 for gap in gaps),
        "greedy_tokens": len(gaps),
    }


def _padded(sequences, length, device):
    tokens = torch.zeros(len(sequences), length, dtype=torch.long)
    for row, ids in enumerate(sequences):
        tokens[row, :len(ids)] = torch.tensor(list(ids))
    return tokens.to(device)
