using System.Text.Json.Serialization;
using Gdn.Harness.Checks;
using Gdn.Harness.Checks.Attribution;

namespace Gdn.Harness.Findings;

/// <summary>
/// A failure, on the smallest case that shows it. Which fields it has depends on its level: a kernel case has no np, a live
/// round no logits.
/// </summary>
/// <param name="Id">Short name, unique within a report; also the name of the replay file.</param>
/// <param name="Check">The check that failed.</param>
/// <param name="Engine">The engine, or the server.</param>
public sealed record Finding(string Id, string Check, string Engine)
{
    /// <summary>The evidence in one line.</summary>
    public string Summary => FindingSummary.Of(this);

    /// <summary>Number of parallel slots.</summary>
    public int? Np { get; init; }

    /// <summary>Servers: the pattern of traffic.</summary>
    public string? Scenario { get; init; }

    /// <summary>Kernels: the case as text.</summary>
    public string? Case { get; init; }

    /// <summary>Kernels: the first wrong element of the result in order of time, or what else there is to say.</summary>
    public string? Where { get; init; }

    /// <summary>Kernels: all that is wrong in the result, axis by axis.</summary>
    public string? Extent { get; init; }

    /// <summary>Kernels: the worst element, in the block that <see cref="Error"/> is of.</summary>
    public string? Worst { get; init; }

    /// <summary>Kernels: the known mistake that gives the same results, or two of them; null where none does.</summary>
    public string? Mistake { get; init; }

    /// <summary>Kernels: on which sizes it depends whether the case fails, a line for each.</summary>
    public IReadOnlyList<string>? Neighbours { get; init; }

    /// <summary>Kernels: how many other cases show the same, and of which inputs.</summary>
    public string? OtherCases { get; init; }

    /// <summary>Kernels: what else is wrong on the case.</summary>
    public string? Also { get; init; }

    /// <summary>Step of the schedule.</summary>
    public int? Step { get; init; }

    /// <summary>The sequence, or the request of a round.</summary>
    public int? Sequence { get; init; }

    /// <summary>Its slot.</summary>
    public int? Slot { get; init; }

    /// <summary>Position in the sequence, or of a token in the answer.</summary>
    public int? Position { get; init; }

    /// <summary>Vocabulary index of the wrong logit.</summary>
    public int? Logit { get; init; }

    /// <summary>What the value should be.</summary>
    public double? Expected { get; init; }

    /// <summary>What it is.</summary>
    public double? Actual { get; init; }

    /// <summary>How far apart the two may be; 0 where bits must be equal.</summary>
    public double? Allowed { get; init; }

    /// <summary>Kernels: norm of the error of the element's block, which is what <see cref="Allowed"/> is for.</summary>
    public double? Error { get; init; }

    /// <summary>Servers: the token that the server itself answers solo.</summary>
    public string? ExpectedToken { get; init; }

    /// <summary>Servers: the token that it answered batched with others.</summary>
    public string? ActualToken { get; init; }

    /// <summary>Servers: tokens of the solo answer from <see cref="Position"/> on, as far as a reader needs them.</summary>
    public IReadOnlyList<string>? Alone { get; init; }

    /// <summary>Servers: the tokens that it answered there batched with others.</summary>
    public IReadOnlyList<string>? InCompany { get; init; }

    /// <summary>Rows with a wrong logit.</summary>
    public int? RowsWrong { get; init; }

    /// <summary>Rows compared.</summary>
    public int? RowsCompared { get; init; }

    /// <summary>What was compared, why noise does not explain it, or what the engine did in place of answering.</summary>
    public string? Detail { get; init; }

    /// <summary>Servers: the planted fault that comes nearest to what was answered; null where none was looked for.</summary>
    public string? Explanation { get; init; }

    /// <summary>
    /// Runs that failed, of <see cref="Runs"/> of the same case on new engines, where not all of them did; null where all did.
    /// </summary>
    public int? FailedRuns { get; init; }

    /// <summary>Runs of the same case; null where all of them failed.</summary>
    public int? Runs { get; init; }

    /// <summary>What it is apart from the case that shows it, in one line: findings with the same one are the same.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>Why it is let pass, where it is known (<see cref="KnownFindings"/>); else null.</summary>
    [JsonPropertyName("known")]
    public string? KnownReason { get; init; }

    /// <summary>Other cases that show it too; null where none was found.</summary>
    public int? AlsoSeen { get; init; }

    /// <summary>Whether it is known, and so does not fail the run.</summary>
    [JsonIgnore]
    public bool IsKnown => KnownReason is not null;

    /// <summary>How it shows, apart from where and how far, in words; null for kernels and servers.</summary>
    public string? Symptom { get; init; }

    /// <summary>Which wrong state explains it, in words; null where no logits are wrong.</summary>
    public string? Cause => Attribution?.State.ToString();

    /// <summary>The kind of that state.</summary>
    public StateCause? CauseKind => Attribution?.State.Cause;

    /// <summary>The sequence or request whose state was used.</summary>
    public int? Donor { get; init; }

    /// <summary>Servers: what speaks for that donor.</summary>
    public string? DonorEvidence { get; init; }

    /// <summary>The first wrong layer, in words; null where it is not known.</summary>
    public string? Layer => Attribution?.Layer?.ToString();

    /// <summary>The schedule, or the corrupted answers, in words.</summary>
    public IReadOnlyList<string> Steps { get; init; } = [];

    /// <summary>The replay file, once it is written.</summary>
    [JsonPropertyName("replay")]
    public string? ReplayPath { get; init; }

    /// <summary>What <c>replay</c> needs to show it again.</summary>
    [JsonIgnore]
    public ReplayFile? Replay { get; init; }

    /// <summary>What explains it; null where no logits are wrong.</summary>
    [JsonIgnore]
    public FindingCause? Attribution { get; init; }

    /// <summary>What a model-level check holds against an engine.</summary>
    public static Finding Of(string id, string engine, Discrepancy discrepancy, FindingCause? cause = null)
    {
        var finding = new Finding(id, discrepancy.Check, engine)
        {
            Np = discrepancy.Slots,
            Step = FromZero(discrepancy.Origin.Step),
            Detail = discrepancy.Note,
            Symptom = discrepancy.Symptom.ToString(),
            Attribution = cause,
            Donor = cause?.State.Donor,
        };
        // The engine gave no logits at all.
        if (discrepancy.Token < 0) return finding;
        return finding with
        {
            Sequence = discrepancy.Origin.Sequence,
            Slot = FromZero(discrepancy.Origin.Slot),
            Position = discrepancy.Origin.Position,
            Logit = discrepancy.Token,
            Expected = discrepancy.Expected,
            Actual = discrepancy.Actual,
            Allowed = discrepancy.Allowed,
            RowsWrong = discrepancy.WrongRows,
            RowsCompared = discrepancy.Rows,
        };
    }

    private static int? FromZero(int value) => value < 0 ? null : value;
}
