using Gdn.Harness.Faults;

namespace Gdn.Harness.Campaigns;

/// <summary>The first case in which a check caught a fault.</summary>
/// <param name="Check">The check; <c>kernel</c> for all those of the kernel alone.</param>
/// <param name="Case">Number of the case, from 1.</param>
/// <param name="Seconds">When its wave of cases was done.</param>
public sealed record FaultHit(string Check, int Case, double Seconds);

/// <summary>The result for one fault or control.</summary>
/// <param name="entry">The fault or control.</param>
/// <param name="isControl">Whether nothing may flag it.</param>
public sealed class FaultRow(Fault entry, bool isControl)
{
    private readonly List<FaultHit> _hits = [];

    /// <summary>The fault or control.</summary>
    public Fault Entry => entry;

    /// <summary>Its id.</summary>
    public string Fault => entry.Id;

    /// <summary>Whether nothing may flag it.</summary>
    public bool IsControl => isControl;

    /// <summary>Whether it is a fault that shows only where two things come together.</summary>
    public bool IsTwoAxis => entry.Axes.Count > 0;

    /// <summary>The first case of each check that caught it.</summary>
    public IReadOnlyList<FaultHit> Hits => _hits;

    /// <summary>The least number of slots at which it showed; null if no schedule showed it.</summary>
    public int? FromSlots { get; private set; }

    /// <summary>What the first finding says.</summary>
    public string? Evidence { get; private set; }

    /// <summary>The first failing schedule, shrunk; null if none failed.</summary>
    public ShrunkFault? Shrunk { get; set; }

    /// <summary>Kernel cases run.</summary>
    public int KernelCases { get; set; }

    /// <summary>Schedules run.</summary>
    public int Schedules { get; set; }

    /// <summary>Whether it was not cut off.</summary>
    public bool Completed { get; set; }

    /// <summary>
    /// What is wrong about the outcome: a fault that escaped or shows with fewer slots than it can, a control that was
    /// flagged; null if nothing is.
    /// </summary>
    public string? Problem => (isControl, _hits.Count) switch
    {
        (true, > 0) => "flagged",
        (false, 0) => "escaped",
        _ when FromSlots < entry.FromSlots => $"shows at np {FromSlots} already, not from {entry.FromSlots}",
        _ => null,
    };

    /// <summary>Notes a finding; later ones of the same check only count if they need fewer slots.</summary>
    internal void Add(FaultHit hit, string evidence, int? slots = null)
    {
        Evidence ??= evidence;
        if (_hits.All(other => other.Check != hit.Check)) _hits.Add(hit);
        if (slots is not null && (FromSlots is null || slots < FromSlots)) FromSlots = slots;
    }
}
