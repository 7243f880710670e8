using System.Diagnostics;
using Gdn.Harness.Metrics;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.Server.Generation;

/// <summary>An answer that a client waits for: makes text of its tokens, and sends them.</summary>
/// <param name="job">The request on its way.</param>
/// <param name="vocabulary">Texts of tokens.</param>
/// <param name="cachedTokens">Tokens of the prompt whose state was known.</param>
internal sealed class ServedAnswer(GenerationJob job, ServingVocabulary vocabulary, int cachedTokens)
    : Answer(job.Request, cachedTokens)
{
    private readonly Sampler _sampler = new(
        job.Request.Temperature, job.Request.Seed, job.Request.IgnoreEnd ? vocabulary.End : -1);

    private readonly TextAssembler _text = new(job.Request.StopWords);
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _first, _last;

    /// <summary>Whether the client has given up.</summary>
    public bool IsCancelled => job.IsCancelled;

    /// <summary>Ends the answer.</summary>
    /// <param name="slot">Where it was made.</param>
    /// <param name="tokensOnSlot">Tokens whose state the slot holds.</param>
    public GenerationSummary Finish(int slot, int tokensOnSlot)
    {
        var summary = new GenerationSummary(
            slot, Reason ?? StopReason.None, _text.Found ?? "", _text.Finish(), IsTruncated, CachedTokens,
            Request.Prompt.Length - CachedTokens, Stopwatch.GetElapsedTime(_start, _first), Count,
            Stopwatch.GetElapsedTime(_first, _last), Drafted, Accepted, tokensOnSlot);
        job.Finish(summary);
        return summary;
    }

    /// <summary>Ends the answer with an error.</summary>
    public void Fail(ApiException error) => job.Fail(error);

    /// <inheritdoc/>
    protected override (int Token, StopReason? Stop) Choose(ReadOnlySpan<float> logits)
    {
        int token = _sampler.Choose(logits);
        string text = _text.Add(vocabulary.Bytes(token));
        _last = Stopwatch.GetTimestamp();
        if (Count == 0) _first = _last;
        int top = Request.Probabilities;
        job.Write(new GeneratedToken(
            token, text, top > 0 ? LogSoftmax.Of(logits, token) : null,
            top > 0 ? LogSoftmax.Top(logits, top) : [], Drafted, Accepted));
        return (token, token == vocabulary.End ? StopReason.End : _text.Found is not null ? StopReason.Word : null);
    }
}
