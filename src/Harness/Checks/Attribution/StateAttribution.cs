using System.Globalization;

namespace Gdn.Harness.Checks.Attribution;

/// <summary>A wrong state that explains a wrong answer.</summary>
/// <param name="Cause">The kind of state.</param>
/// <param name="Words">Which, in words.</param>
/// <param name="Donor">The other sequence whose state or answer it is; null where it is the sequence's own, or nobody's.</param>
public readonly record struct StateExplanation(StateCause Cause, string Words, int? Donor = null);

/// <summary>How close an explanation comes.</summary>
/// <param name="Residual">Largest difference of any logit between what came and what it predicts.</param>
/// <param name="Damage">Largest difference between what came and what is right.</param>
public readonly record struct ExplanationFit(double Residual, double Damage)
{
    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"residual {Residual:G2} of {Damage:G3}");
}

/// <summary>Why an answer is wrong, as far as one wrong state explains it.</summary>
/// <param name="IsExplained">Whether it does.</param>
/// <param name="Explanations">
/// What explains it best, likeliest first: several where they give the same answer. Where nothing explains it, the least
/// bad guess, or none.
/// </param>
/// <param name="Fit">How well it does; null where the answer is not a number, which nothing predicts.</param>
public sealed record StateAttribution(
    bool IsExplained, IReadOnlyList<StateExplanation> Explanations, ExplanationFit? Fit)
{
    private const int MaxShown = 3;

    /// <summary>What there is to say where there is not even a guess.</summary>
    public string WithoutGuess { get; init; } = "unexplained by any single wrong state";

    /// <summary>The likeliest cause; none where nothing explains the answer.</summary>
    public StateCause Cause => IsExplained ? Explanations[0].Cause : StateCause.None;

    /// <summary>The other sequence whose state was used, likeliest; null where nothing explains the answer, or no other does.</summary>
    public int? Donor => IsExplained ? Explanations[0].Donor : null;

    /// <summary>Whether the cause is among those that explain the answer.</summary>
    public bool Names(StateCause cause) => IsExplained && Explanations.Any(explanation => explanation.Cause == cause);

    /// <summary>Whether another answer may be wrong for the same cause; if nothing explains this one, any cause may be.</summary>
    public bool MayBe(StateAttribution? other) =>
        !IsExplained || (other is not null && Explanations.Any(explanation => other.Names(explanation.Cause)));

    /// <inheritdoc/>
    public override string ToString()
    {
        string words = string.Join(", or ", Explanations.Take(MaxShown).Select(explanation => explanation.Words));
        if (words.Length == 0) return WithoutGuess;
        if (Fit is not { } fit) return words;
        return $"{(IsExplained ? "" : "unexplained; closest guess: ")}{words} ({fit})";
    }
}
