namespace Gdn.Harness.MtpDiff;

/// <summary>A prompt.</summary>
/// <param name="Name">What reports call it: its text, or the beginning of that.</param>
/// <param name="Tokens">Its tokens.</param>
internal sealed record NamedPrompt(string Name, int[] Tokens);
