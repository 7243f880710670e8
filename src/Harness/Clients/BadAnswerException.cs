namespace Gdn.Harness.Clients;

/// <summary>
/// The server is up, but its answer is not usable: an error, something malformed, too much, or nothing in time. That says
/// nothing about the engine's state, so whatever depends on the answer is inconclusive.
/// </summary>
/// <param name="where">The request.</param>
/// <param name="problem">What is wrong with its answer.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class BadAnswerException(string where, string problem, Exception? inner = null)
    : Exception($"{where}: {problem}", inner)
{
    /// <summary>The HTTP status with which the server refused the request; null where it did not refuse.</summary>
    public int? Status { get; init; }
}
