namespace Gdn.Harness.Clients;

/// <summary>
/// The server is there, but what it sent is no answer to the question: an error, something malformed, too much, or
/// nothing in time. It says nothing about the engine's state, so whatever hung on the answer is inconclusive.
/// </summary>
/// <param name="where">The request.</param>
/// <param name="problem">What is wrong with its answer.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class BadAnswerException(string where, string problem, Exception? inner = null)
    : Exception($"{where}: {problem}", inner);
