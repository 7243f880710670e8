"""The vocabulary of the tiny model: byte-level BPE over printable ASCII, 256 pieces.

Ids: 0 is <|endoftext|> (never in the corpus), 1..95 are the characters from ' ' to '~', 96 is the newline, and
97..255 are the merges of merges.txt in order: first the syllables of which codewords are made, so that a codeword is
a space and three pieces, then the most frequent pairs of the corpus. Text is first cut into words as llama.cpp's pre-tokenizer "qwen2" does;
no merge crosses a word, and none contains a newline, so a prompt may end after any line.

    python3 vocabulary.py train.txt > merges.txt        learns the merges from the head of a corpus
"""

import collections
import pathlib
import re
import sys

END_OF_TEXT = "<|endoftext|>"
CHARACTERS = [chr(c) for c in range(32, 127)] + ["\n"]
SIZE = 256
LEARN_FROM_BYTES = 8_000_000
SYLLABLES = [(consonant, vowel) for consonant in "bdgklmnprtvz" for vowel in "aeio"]

# The "qwen2" pattern where the text is ASCII without apostrophes, as the corpus is.
WORD = re.compile(r"[^\r\nA-Za-z0-9]?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")

# Spaces and newlines as GPT-2 writes them in piece and merge lists.
PRINTABLE = str.maketrans({" ": "\u0120", "\n": "\u010a"})
PLAIN = str.maketrans({"\u0120": " ", "\u010a": "\n"})


class Vocabulary:
    def __init__(self, path=pathlib.Path(__file__).with_name("merges.txt")):
        lines = path.read_text(encoding="utf-8").splitlines()
        self.merges = [_split(line) for line in lines]
        self.pieces = [END_OF_TEXT, *CHARACTERS, *("".join(pair) for pair in self.merges)]
        self.ids = {piece: i for i, piece in enumerate(self.pieces)}
        self._ranks = {pair: rank for rank, pair in enumerate(self.merges)}
        self._words = {}
        assert len(self.pieces) == len(self.ids) == SIZE

    def encode(self, text):
        """Ids of the text, one byte each."""
        words, out = self._words, bytearray()
        for word in WORD.findall(text):
            ids = words.get(word)
            if ids is None:
                ids = words[word] = self._encode_word(word)
            out += ids
        return bytes(out)

    def decode(self, ids):
        return "".join(self.pieces[i] for i in ids)

    def _encode_word(self, word):
        parts = list(word)
        while len(parts) > 1:
            ranks = [self._ranks.get(pair, SIZE) for pair in zip(parts, parts[1:])]
            best = min(ranks)
            if best == SIZE:
                break
            parts = _merge(parts, self.merges[best])
        return bytes(self.ids[part] for part in parts)


def _split(line):
    left, right = line.split(" ")
    return left.translate(PLAIN), right.translate(PLAIN)


def _merge(parts, pair):
    merged, i = [], 0
    while i < len(parts):
        if i + 1 < len(parts) and (parts[i], parts[i + 1]) == pair:
            merged.append(parts[i] + parts[i + 1])
            i += 2
        else:
            merged.append(parts[i])
            i += 1
    return merged


def _most_frequent(words):
    pairs = collections.Counter()
    for parts, count in words:
        for pair in zip(parts, parts[1:]):
            if "\n" not in pair[0] + pair[1]:
                pairs[pair] += count
    return min(pairs, key=lambda pair: (-pairs[pair], pair))


def learn(text):
    """The syllables of invented words, then the most frequent pair of neighbours again and again."""
    words = [(list(word), count) for word, count in collections.Counter(WORD.findall(text)).items()]
    for rank in range(SIZE - 1 - len(CHARACTERS)):
        best = SYLLABLES[rank] if rank < len(SYLLABLES) else _most_frequent(words)
        words = [(_merge(parts, best) if best[0] in parts else parts, count) for parts, count in words]
        yield best


if __name__ == "__main__":
    with open(sys.argv[1], encoding="ascii") as corpus:
        for left, right in learn(corpus.read(LEARN_FROM_BYTES)):
            print(left.translate(PRINTABLE), right.translate(PRINTABLE))
