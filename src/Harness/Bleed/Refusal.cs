using System.Text.RegularExpressions;
using Gdn.Harness.Clients;

namespace Gdn.Harness.Bleed;

/// <summary>What a refusal says about the server's states: nothing, where it is for want of room or time.</summary>
internal static partial class Refusal
{
    // Timeout, too large, too many requests, bad gateway, unavailable, gateway timeout, no storage, overloaded.
    private static readonly int[] ForWantOfRoom = [408, 413, 429, 502, 503, 504, 507, 529];

    /// <summary>Whether it may be due to a state.</summary>
    public static bool IsSuspect(BadAnswerException? fault) =>
        fault is not null
        && (SpeaksOfNaN(fault)
            || fault.Status is { } status && !ForWantOfRoom.Contains(status) && !WantOfRoom().IsMatch(fault.Message));

    /// <summary>Whether a number that is none is the reason, which no traffic excuses.</summary>
    public static bool SpeaksOfNaN(BadAnswerException fault) => NotANumber().IsMatch(fault.Message);

    [GeneratedRegex(
        @"\bnan\b|not a number|(?<!-)\binf(inity)?\b|non-?finite|out of range float|JSON compliant", RegexOptions.IgnoreCase)]
    private static partial Regex NotANumber();

    [GeneratedRegex(
        @"busy|capacity|context|(out of|enough|insufficient) memory|KV cache|overload|queue|rate limit|slots?\b|timed? ?out|too (many|large|long)",
        RegexOptions.IgnoreCase)]
    private static partial Regex WantOfRoom();
}
