"""Reads a corpus: documents separated by empty lines, encoded with the vocabulary, all cores at work."""

import multiprocessing

import numpy
import torch

import vocabulary

SEPARATOR = "\n\n"
_words = vocabulary.Vocabulary()


class Tokens:
    """One stream of token ids (uint8) and where its documents start, on a device."""

    def __init__(self, path, device):
        with open(path, encoding="ascii") as file:
            documents = file.read().strip("\n").split(SEPARATOR)
        with multiprocessing.Pool() as pool:
            encoded = pool.map(_encode, documents, chunksize=max(1, len(documents) // 256))
        lengths = numpy.array([len(ids) for ids in encoded])
        self.pieces = _words.pieces
        self.documents = documents
        self.encoded = encoded
        self.ids = torch.from_numpy(numpy.frombuffer(b"".join(encoded), dtype=numpy.uint8).copy()).to(device)
        self.starts = torch.from_numpy(lengths.cumsum() - lengths).to(device)

    def windows(self, starts, length):
        """The tokens [len(starts), length] that follow the given places in the stream."""
        return self.ids[starts[:, None] + torch.arange(length, device=self.ids.device)].long()

    def random_windows(self, count, length, generator):
        """Windows that start where a document starts, any document with equal chance."""
        usable = int((self.starts + length <= len(self.ids)).sum())
        chosen = torch.randint(usable, (count,), generator=generator, device=self.ids.device)
        return self.windows(self.starts[chosen], length)

    def successive_windows(self, limit, length):
        """Windows that start where a document starts and do not overlap."""
        chosen, end = [], 0
        for start in self.starts.tolist():
            if start >= end and start + length <= len(self.ids):
                chosen.append(start)
                end = start + length
        return self.windows(torch.tensor(chosen[:limit], device=self.ids.device), length)


def _encode(document):
    return _words.encode(document + SEPARATOR)
