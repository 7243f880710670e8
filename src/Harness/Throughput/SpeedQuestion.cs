using Gdn.Harness.Metrics;
using static System.FormattableString;

namespace Gdn.Harness.Throughput;

/// <summary>One speed that is compared: a phase of a workload.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Phase">The phase.</param>
internal sealed record SpeedQuestion(Workload Workload, Phase Phase)
{
    /// <summary>Its name in reports: <c>PP 256 x4 @512</c> is prompts of 256 tokens for four sequences that hold 512 each.</summary>
    public string Name
    {
        get
        {
            string phase = Phase == Phase.Prompt ? Invariant($"PP {Workload.Prompt}") : Invariant($"TG {Workload.Answer}");
            string sequences = Workload switch
            {
                { Slots: 1 } => "",
                _ when Workload.Active.Count == Workload.Slots => $" x{Workload.Sequences}",
                _ => $" {Workload.Sequences}",
            };
            return phase + sequences + (Workload.Depth > 1 ? Invariant($" @{Workload.Depth}") : "");
        }
    }

    /// <summary>Tokens that are timed, of all sequences.</summary>
    public int Tokens => Workload.Active.Count * (Phase == Phase.Prompt ? Workload.Prompt : Workload.Answer);
}

/// <summary>What came of it.</summary>
/// <param name="Question">What was compared.</param>
/// <param name="First">Tokens a second of the first engine.</param>
/// <param name="Second">Of the second.</param>
/// <param name="Ratio">The second engine's time over the first's.</param>
/// <param name="Verdict">Whether the second is faster or slower.</param>
internal sealed record SpeedAnswer(SpeedQuestion Question, double First, double Second, RatioEstimate Ratio, RatioVerdict Verdict)
{
    /// <summary>Whether a difference was seen that a second run did not show again.</summary>
    public bool IsUnconfirmed { get; init; }
}
