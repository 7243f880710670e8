namespace Gdn.Harness.Faults;

/// <summary>
/// Outcomes of a race that real engines lose now and then: random, but the n-th of an engine is the same in every run, so
/// that findings replay.
/// </summary>
/// <param name="probability">Of losing.</param>
internal sealed class Race(double probability)
{
    private const ulong Seed = 0x9FE12C;
    private ulong _starts;

    /// <summary>Whether the next one is lost.</summary>
    public bool IsLost() => SeededRandom.ToUnit(SeededRandom.Derive(Seed, _starts++)) < probability;
}
