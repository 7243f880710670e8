namespace Gdn.Harness.Bleed.Oracle;

/// <summary>What is not known from outside of a server's passes.</summary>
/// <param name="Tokens">Tokens that a pass takes.</param>
/// <param name="Shift">Passes by which requests are taken in earlier than their first tokens show.</param>
/// <param name="Delay">Passes for which a server goes on with a request whose client has left.</param>
/// <param name="Requests">How many more requests it has answered before, of which it may keep count.</param>
internal readonly record struct PassTiming(int Tokens, int Shift = 0, int Delay = 0, int Requests = 0)
{
    /// <summary>As in this tool's own server, and in llama-server.</summary>
    public static PassTiming Usual { get; } = new(128);
}
