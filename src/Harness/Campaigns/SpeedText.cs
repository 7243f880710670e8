using Gdn.Harness.Metrics;
using Gdn.Harness.Throughput;
using static System.FormattableString;

namespace Gdn.Harness.Campaigns;

/// <summary>Speeds and their differences as reports show them.</summary>
internal static class SpeedText
{
    /// <summary>Where others have the processor for more than this part of the time, durations say little about an engine.</summary>
    public const double Busy = 0.1;

    /// <summary>How much of the time others had the processor, in words; null for so little that it does not matter.</summary>
    public static string? MachineBusy(double waiting) =>
        waiting > Busy ? Invariant($"machine busy: other processes had the processor {100 * waiting:0}% of the time") : null;

    /// <summary>Tokens a second, with the interval.</summary>
    public static string Rate(SpeedFigure figure) => Invariant($"{Digits(figure.Rate)} ±{100 * figure.Error:0.#}%");

    /// <summary>Tokens a second.</summary>
    public static string Rate(double rate) => Digits(rate);

    /// <summary>Seconds.</summary>
    public static string Seconds(SpeedFigure figure) => Digits(figure.Seconds);

    /// <summary>By how much the first of two durations makes for more speed than the second, with the interval: in percent.</summary>
    public static string Change(RatioEstimate ratio) =>
        $"{Percent(1 / ratio.Ratio)}% [{Percent(1 / ratio.High)}, {Percent(1 / ratio.Low)}]";

    /// <summary>The smallest difference that so many rounds would show.</summary>
    public static string Detectable(RatioEstimate ratio) => Invariant($"{100 * ratio.DetectableEffect:0.0}%");

    // What rounds to nothing has no sign.
    private static string Percent(double ratio) => Math.Abs(ratio - 1) < 0.0005 ? "0" : Invariant($"{100 * (ratio - 1):+0.0;-0.0}");

    // Three digits.
    private static string Digits(double value) => value switch
    {
        >= 100 => Invariant($"{value:0}"),
        >= 10 => Invariant($"{value:0.0}"),
        >= 1 => Invariant($"{value:0.00}"),
        _ => Invariant($"{value:0.0000}"),
    };
}
