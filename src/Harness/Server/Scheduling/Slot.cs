using System.Runtime.InteropServices;
using Gdn.Harness.Server.Generation;

namespace Gdn.Harness.Server.Scheduling;

/// <summary>
/// A place where one request at a time is answered. Between requests it keeps the state of the last one, in case the next
/// continues it.
/// </summary>
/// <param name="id">Its number; also that of its sequence in the engine.</param>
internal sealed class Slot(int id)
{
    private readonly List<int> _tokens = [];

    /// <summary>Its number.</summary>
    public int Id { get; } = id;

    /// <summary>The answer in progress; null when the slot is free.</summary>
    public Answer? Answer { get; private set; }

    /// <summary>Tokens whose state the engine holds, as far as the server knows.</summary>
    public ReadOnlySpan<int> Tokens => CollectionsMarshal.AsSpan(_tokens);

    /// <summary>The token chosen last, which the engine has not seen.</summary>
    public int Pending { get; set; }

    /// <summary>Number of its present or last request, from 1; 0 when there was none. Later requests have greater ones.</summary>
    public long Request { get; private set; }

    /// <summary>Whether the prompt is still being read.</summary>
    public bool IsPrefilling => Answer is { Count: 0 };

    /// <summary>Whether an answer is being made.</summary>
    public bool IsDecoding => Answer is { Count: > 0 };

    /// <summary>What it is doing.</summary>
    public SlotStatus Status => new(
        Id, Request, Answer is not null, Answer?.Request.Prompt.Length ?? 0, Answer?.CachedTokens ?? 0, _tokens.Count,
        Answer?.Count ?? 0, Answer?.Left ?? 0);

    /// <summary>Starts to answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="request">Number of the request.</param>
    public void Start(Answer answer, long request)
    {
        Answer = answer;
        Request = request;
    }

    /// <summary>Records that the engine has taken tokens.</summary>
    public void Append(ReadOnlySpan<int> tokens) => _tokens.AddRange(tokens);

    /// <summary>Records which tokens' state the engine holds.</summary>
    public void Set(ReadOnlySpan<int> tokens)
    {
        _tokens.Clear();
        _tokens.AddRange(tokens);
    }

    /// <summary>Frees the slot; the state stays.</summary>
    public void Release() => Answer = null;
}
