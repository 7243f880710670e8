namespace Gdn.Harness.Checks;

/// <summary>What an engine does wrong.</summary>
public enum SymptomKind
{
    /// <summary>Its logits are other numbers than they should be.</summary>
    WrongLogits,

    /// <summary>Where numbers should be, it gives NaN or infinity, or nothing.</summary>
    NotANumber,

    /// <summary>It throws.</summary>
    Threw,

    /// <summary>A sequence does not stand where the schedule has brought it.</summary>
    LostPosition,

    /// <summary>It takes a batch that it must refuse.</summary>
    AcceptedInvalid,

    /// <summary>It counts batches as split that it declares to run in one pass.</summary>
    SplitBatches,

    /// <summary>Its process ends.</summary>
    Crash,

    /// <summary>A call does not return.</summary>
    Hang,
}

/// <summary>
/// How a failure shows, apart from where and how far: two failures of a check with different symptoms are different failures.
/// </summary>
/// <param name="Kind">What the engine does wrong.</param>
/// <param name="Call">The call in which it throws or dies; null where every call succeeds.</param>
/// <param name="Exception">Name of the exception's type; null where it throws none.</param>
public sealed record Symptom(SymptomKind Kind, string? Call = null, string? Exception = null)
{
    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        SymptomKind.WrongLogits => "wrong logits",
        SymptomKind.NotANumber => "logits are not numbers",
        SymptomKind.Threw => $"{Exception} in {Call}",
        SymptomKind.LostPosition => "wrong position",
        SymptomKind.AcceptedInvalid => "invalid batch accepted",
        SymptomKind.SplitBatches => "batches split",
        SymptomKind.Crash => $"crash in {Call}",
        SymptomKind.Hang => $"hang in {Call}",
        _ => throw new InvalidOperationException($"Unknown symptom {Kind}."),
    };
}
