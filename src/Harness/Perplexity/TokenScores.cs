using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Gdn.Harness.Metrics;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.Perplexity;

/// <summary>What one run over a text gave for each scored token, chunk by chunk.</summary>
/// <param name="text">The text.</param>
public sealed class TokenScores(ScoredText text)
{
    private readonly double[] _surprises = new double[text.Scored];
    private readonly int[] _tops = new int[text.Scored];
    private readonly UInt128[] _digests = new UInt128[text.Scored];

    /// <summary>The text.</summary>
    public ScoredText Text => text;

    /// <summary>Chunks that were run, from the first on.</summary>
    public int Chunks { get; private set; }

    /// <summary>Negative log-likelihood of each scored token, in nats.</summary>
    public ReadOnlySpan<double> Surprises => _surprises.AsSpan(0, Chunks * text.ScoredPerChunk);

    /// <summary>The perplexity of all of it.</summary>
    public PerplexityEstimate Estimate => PerplexityEstimate.Of(Surprises);

    /// <summary>The perplexity after each chunk, as llama-perplexity prints it while it runs.</summary>
    public IEnumerable<double> Running => Enumerable.Range(1, Chunks)
        .Select(chunks => PerplexityEstimate.Of(Surprises[..(chunks * text.ScoredPerChunk)]).Value);

    /// <summary>The likeliest token where each scored token stands.</summary>
    public ReadOnlySpan<int> Tops => _tops.AsSpan(0, Chunks * text.ScoredPerChunk);

    /// <summary>Takes in the prediction of a scored position.</summary>
    public void Set(int chunk, int position, ReadOnlySpan<float> logits)
    {
        int index = text.IndexOf(chunk, position);
        _surprises[index] = -LogSoftmax.Of(logits, text.Target(chunk, position));
        _tops[index] = Sampler.Likeliest.Choose(logits);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(logits), digest);
        _digests[index] = MemoryMarshal.Read<UInt128>(digest);
    }

    /// <summary>Says that all scored positions of the chunks before this one are there.</summary>
    public void Complete(int chunks) => Chunks = chunks;

    /// <summary>Whether a scored token was predicted with the same logits, bit for bit.</summary>
    public bool HasSameBits(TokenScores other, int index) => _digests[index] == other._digests[index];
}
