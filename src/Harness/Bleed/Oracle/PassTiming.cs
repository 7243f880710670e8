using System.Collections.Immutable;

namespace Gdn.Harness.Bleed.Oracle;

/// <summary>What is not known from outside of a server's passes.</summary>
/// <param name="Tokens">Tokens that a pass takes.</param>
/// <param name="Shift">Passes by which requests are taken in earlier than their first tokens show.</param>
/// <param name="Delay">Passes for which a server goes on with a request whose client has left.</param>
/// <param name="Requests">How many more requests it has answered before, of which it may keep count.</param>
/// <param name="Own">What to add to the shift for single requests, by their number; null for nothing.</param>
internal readonly record struct PassTiming(
    int Tokens, int Shift = 0, int Delay = 0, int Requests = 0, ImmutableDictionary<int, int>? Own = null)
{
    /// <summary>As in this tool's own server, and in llama-server.</summary>
    public static PassTiming Usual { get; } = new(128);

    /// <summary>Passes by which a request is taken in earlier than its first token shows.</summary>
    public int ShiftOf(int request) => Shift + (Own?.GetValueOrDefault(request) ?? 0);

    /// <summary>The same with one request taken in earlier or later.</summary>
    public PassTiming Moved(int request, int passes)
    {
        ImmutableDictionary<int, int> own = Own ?? ImmutableDictionary<int, int>.Empty;
        return this with { Own = own.SetItem(request, own.GetValueOrDefault(request) + passes) };
    }
}
