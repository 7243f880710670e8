using System.Runtime.CompilerServices;
using Gdn.Reference.Engines;

namespace Gdn.Harness.Checks;

/// <summary>
/// Whether an engine that promises nothing gives equal bits for equal calls. Asked where bits differ: what has once given other
/// bits for the same schedule is not held to bits any more.
/// </summary>
internal sealed class Repeatability
{
    // Of what gives other bits in 5 of 100 runs, as many equal runs in a row are seen with a probability of 0.6%.
    private const int EnoughRuns = 100;

    private static readonly ConditionalWeakTable<IEngineFactory, Repeatability> Known = [];
    private readonly Lock _gate = new();
    private int _equalRuns;
    private bool _hasDiffered;

    /// <summary>What is known of the engine, from all cases so far.</summary>
    public static Repeatability Of(IEngineFactory engine) => Known.GetValue(engine, _ => new Repeatability());

    /// <summary>Runs until it is known: once where enough runs were equal before.</summary>
    /// <param name="isEqual">Runs the schedule again, and compares.</param>
    public bool Holds(Func<bool> isEqual)
    {
        do
        {
            lock (_gate)
                if (_hasDiffered) return false;
            bool equal = isEqual();
            lock (_gate)
            {
                _hasDiffered |= !equal;
                if (equal) _equalRuns++;
                if (_hasDiffered || _equalRuns >= EnoughRuns) return !_hasDiffered;
            }
        }
        while (true);
    }
}
