using System.Diagnostics;
using Gdn.Harness.Speculation;

namespace Gdn.Harness.Server.Generation;

/// <summary>An answer in progress on a slot: chooses tokens, makes text of them, counts, and knows when to stop.</summary>
internal sealed class Answer
{
    private readonly GenerationJob _job;
    private readonly ServingVocabulary _vocabulary;
    private readonly Sampler _sampler;
    private readonly TextAssembler _text;
    private readonly long _start = Stopwatch.GetTimestamp();
    private long _first, _last;

    public Answer(GenerationJob job, ServingVocabulary vocabulary, int cachedTokens)
    {
        _job = job;
        _vocabulary = vocabulary;
        CachedTokens = cachedTokens;
        _sampler = new Sampler(Request.Temperature, Request.Seed, Request.IgnoreEnd ? vocabulary.End : -1);
        _text = new TextAssembler(Request.StopWords);
    }

    /// <summary>What the client wants.</summary>
    public GenerationRequest Request => _job.Request;

    /// <summary>Tokens of the prompt whose state was known.</summary>
    public int CachedTokens { get; }

    /// <summary>Tokens so far.</summary>
    public int Count { get; private set; }

    /// <summary>Tokens that may still come.</summary>
    public int Left => Request.MaxTokens - Count;

    /// <summary>Tokens drafted so far.</summary>
    public int Drafted { get; set; }

    /// <summary>Drafts accepted so far.</summary>
    public int Accepted { get; set; }

    /// <summary>Why it ended; null while it is in progress.</summary>
    public StopReason? Reason { get; private set; }

    /// <summary>Whether the context was full.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>Whether the client has given up.</summary>
    public bool IsCancelled => _job.IsCancelled;

    /// <summary>Chooses the next token by its logits, and sends it.</summary>
    /// <param name="logits">The row <c>[V]</c>.</param>
    /// <param name="hasRoom">Whether the context holds the token, so that another could follow.</param>
    public int Add(ReadOnlySpan<float> logits, bool hasRoom)
    {
        int token = _sampler.Choose(logits);
        string text = _text.Add(_vocabulary.Bytes(token));
        Count++;
        _last = Stopwatch.GetTimestamp();
        if (Count == 1) _first = _last;

        IsTruncated = !hasRoom;
        Reason = token == _vocabulary.End ? StopReason.End
            : _text.Found is not null ? StopReason.Word
            : Left <= 0 || IsTruncated ? StopReason.Limit
            : null;
        int top = Request.Probabilities;
        _job.Write(new GeneratedToken(
            token, text, top > 0 ? LogSoftmax.Of(logits, token) : null,
            top > 0 ? LogSoftmax.Top(logits, top) : []));
        return token;
    }

    /// <summary>Ends the answer.</summary>
    /// <param name="slot">Where it was made.</param>
    /// <param name="tokensOnSlot">Tokens whose state the slot holds.</param>
    public GenerationSummary Finish(int slot, int tokensOnSlot)
    {
        var summary = new GenerationSummary(
            slot, Reason ?? StopReason.None, _text.Found ?? "", _text.Finish(), IsTruncated, CachedTokens,
            Request.Prompt.Length - CachedTokens, Stopwatch.GetElapsedTime(_start, _first), Count,
            Stopwatch.GetElapsedTime(_first, _last), Drafted, Accepted, tokensOnSlot);
        _job.Finish(summary);
        return summary;
    }

    /// <summary>Ends the answer with an error.</summary>
    public void Fail(ApiException error) => _job.Fail(error);
}
